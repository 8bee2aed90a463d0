import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Rounding {
  /// y = f(x) over rows, rounded as often as Keras rounds; `y` may be `x`, but not for `glu`.
  func apply(
    _ function: ActivationFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    rows: Int, width: Int
  ) {
    switch function {
    case .elementwise(let activation):
      for index in 0..<rows * width { y[index] = value(activation, x[index]) }
    case .rows(let function):
      apply(function, x, into: y, rows: rows, width: width)
    }
  }

  /// A function of one number, every step of it rounded as in TensorFlow.
  func value(_ function: Activation, _ x: Float) -> Float {
    let first = self(function.parameters[0])
    switch function.kind {
    case .linear: return x
    case .relu: return rectified(function, x)
    case .relu6: return min(max(x, 0), 6)
    case .leakyReLU: return x > 0 ? x : self(first * x)
    case .thresholdedReLU: return x > function.parameters[0] ? x : 0
    case .elu: return x > 0 ? x : self(first * self(exponential(x) - 1))
    case .celu:
      let below = self(Double(expm1(Double(self(min(x, 0) / first)))))
      return self(max(x, 0) + self(first * below))
    case .selu:
      return x < 0
        ? self(self(Float(1.7580993408473768)) * self(exponential(x) - 1))
        : self(self(Float(1.0507009873554805)) * x)
    case .gelu:
      let part = self(-x * self(Float(0.5).squareRoot()))
      return self(self(0.5 * x) * self(erfc(Double(part))))
    case .geluByErf:
      let part = self(x / self(Float(2).squareRoot()))
      return self(self(0.5 * x) * self(1 + self(erf(Double(part)))))
    case .geluTanh:
      let cube = self(pow(Double(x), 3))
      let inner = self(x + self(self(Float(0.044715)) * cube))
      let bent = self(tanh(Double(self(self(Float(0.7978845608028654)) * inner))))
      return self(self(0.5 * x) * self(1 + bent))
    case .sigmoid: return sigmoid(x)
    case .hardSigmoid: return hardSigmoid(x)
    case .hardSigmoidKeras2: return min(max(self(self(x * self(Float(0.2))) + 0.5), 0), 1)
    case .logSigmoid: return -softplus(-x)
    case .sparseSigmoid: return x <= -1 ? 0 : x >= 1 ? 1 : self(0.5 * self(x + 1))
    case .silu: return self(x * sigmoid(x))
    case .hardSiLU: return self(x * hardSigmoid(x))
    case .mish: return self(x * self(tanh(Double(softplus(x)))))
    case .softplus: return softplus(x)
    case .sparsePlus:
      let sum = self(x + 1)
      return x <= -1 ? 0 : x < 1 ? self(0.25 * self(sum * sum)) : x
    case .squareplus:
      return self(self(x + self(self(self(x * x) + first).squareRoot())) / 2)
    case .softsign: return self(x / self(1 + abs(x)))
    case .hardTanh: return min(max(x, -1), 1)
    case .tanhShrink: return self(x - self(tanh(Double(x))))
    case .hardShrink: return abs(x) > first ? x : 0
    case .softShrink: return x > first ? self(x - first) : x < -first ? self(x + first) : 0
    case .threshold: return x > first ? x : self(function.parameters[1])
    case .tanh: return self(tanh(Double(x)))
    case .exp: return exponential(x)
    case .expm1: return self(expm1(Double(x)))
    case .log: return self(log(Double(x)))
    case .log1p: return self(log1p(Double(x)))
    case .erf: return self(erf(Double(x)))
    case .abs: return abs(x)
    case .square: return self(x * x)
    case .sqrt: return self(x.squareRoot())
    case .rsqrt: return reciprocalRoot(x)
    case .negate: return -x
    case .reciprocal: return self(1 / x)
    }
  }

  private func rectified(_ function: Activation, _ x: Float) -> Float {
    let (slope, top) = (self(function.parameters[0]), self(function.parameters[1]))
    let threshold = self(function.parameters[2])
    if slope != 0, top == .infinity, threshold == 0 { return x > 0 ? x : self(slope * x) }
    let above = min(threshold == 0 ? max(x, 0) : x > threshold ? x : 0, max(top, 0))
    if slope == 0 { return above }
    return self(above - self(slope * max(self(threshold - x), 0)))
  }

  /// eˣ.
  func exponential(_ x: Float) -> Float { self(exp(Double(x))) }

  private func sigmoid(_ x: Float) -> Float {
    let power = exponential(x)
    return power == .infinity ? 1 : self(power / self(1 + power))
  }

  private func hardSigmoid(_ x: Float) -> Float {
    self(min(max(self(x + 3), 0), 6) / 6)
  }

  /// Beyond ±t the function is x and eˣ, t being log ε + 2 with TensorFlow's ε of the type.
  private func softplus(_ x: Float) -> Float {
    let threshold = self(Float(log(type == .float16 ? 0x1p-13 : 0x1p-7)) + 2)
    if x > -threshold { return x }
    let power = exponential(x)
    return x < threshold ? power : self(log1p(Double(power)))
  }

  /// 1 / √x; numbers that TensorFlow takes alone, and not eight at a time, are rounded twice.
  func reciprocalRoot(_ x: Float, isAlone: Bool = false) -> Float {
    isAlone ? self(1 / self(x.squareRoot())) : self(1 / Double(x).squareRoot())
  }

  /// The natural logarithm.
  func logarithm(_ x: Float) -> Float { self(log(Double(x))) }
}

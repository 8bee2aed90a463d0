/// An elementwise function that kernels apply: its kind and the numbers that shape it.
package struct Activation: Sendable, Hashable {
  /// The family of the function; formulas are Keras 3's.
  package enum Kind: Sendable, Hashable, CaseIterable {
    case linear
    case relu
    case relu6
    case leakyReLU
    case thresholdedReLU
    case elu
    case celu
    case selu
    case gelu
    /// The same by the error function, which tells 16 bits from ``gelu``.
    case geluByErf
    case geluTanh
    case sigmoid
    case hardSigmoid
    case hardSigmoidKeras2
    case logSigmoid
    case sparseSigmoid
    case silu
    case hardSiLU
    case mish
    case softplus
    case sparsePlus
    case squareplus
    case softsign
    case tanh
    case hardTanh
    case tanhShrink
    case hardShrink
    case softShrink
    case threshold
    case exp
    case expm1
    case log
    case log1p
    case erf
    case abs
    case square
    case sqrt
    case rsqrt
    case negate
    case reciprocal
  }

  /// The family of the function.
  package let kind: Kind
  /// The function's parameters, as many of them as it has.
  package let parameters: SIMD4<Float>

  private init(_ kind: Kind, _ parameters: SIMD4<Float> = .zero) {
    self.kind = kind
    self.parameters = parameters
  }

  /// A function that has no parameters, or nil for a kind that has some.
  package init?(plain kind: Kind) {
    switch kind {
    case .relu, .leakyReLU, .thresholdedReLU, .elu, .celu, .squareplus, .hardShrink, .softShrink,
      .threshold:
      return nil
    default: self.init(kind)
    }
  }
}

extension Activation {
  /// The identity.
  package static let linear = Activation(.linear)
  /// x where positive, else 0.
  package static let relu = relu()
  /// The logistic function, 1 / (1 + exp(-x)).
  package static let sigmoid = Activation(.sigmoid)
  /// log(1 + exp(x)).
  package static let softplus = Activation(.softplus)
  /// The hyperbolic tangent.
  package static let tanh = Activation(.tanh)

  /// x above `threshold`, at most `maxValue`; below it, negativeSlope (x - threshold).
  package static func relu(
    negativeSlope: Float = 0, maxValue: Float = .infinity, threshold: Float = 0
  ) -> Activation {
    Activation(.relu, [negativeSlope, maxValue, threshold, 0])
  }

  /// x where positive, else negativeSlope x.
  package static func leakyReLU(negativeSlope: Float) -> Activation {
    Activation(.leakyReLU, [negativeSlope, 0, 0, 0])
  }

  /// x above `theta`, else 0.
  package static func thresholdedReLU(theta: Float) -> Activation {
    Activation(.thresholdedReLU, [theta, 0, 0, 0])
  }

  /// x where positive, else alpha (exp(x) - 1).
  package static func elu(alpha: Float) -> Activation { Activation(.elu, [alpha, 0, 0, 0]) }

  /// The sum max(x, 0) + alpha (exp(min(x, 0) / alpha) - 1).
  package static func celu(alpha: Float) -> Activation { Activation(.celu, [alpha, 0, 0, 0]) }

  /// The mean of x and sqrt(x^2 + b).
  package static func squareplus(b: Float) -> Activation { Activation(.squareplus, [b, 0, 0, 0]) }

  /// x where |x| exceeds `threshold`, else 0.
  package static func hardShrink(threshold: Float) -> Activation {
    Activation(.hardShrink, [threshold, 0, 0, 0])
  }

  /// x moved towards 0 by `threshold`, 0 within it.
  package static func softShrink(threshold: Float) -> Activation {
    Activation(.softShrink, [threshold, 0, 0, 0])
  }

  /// x above `threshold`, else `below`.
  package static func threshold(_ threshold: Float, below: Float) -> Activation {
    Activation(.threshold, [threshold, below, 0, 0])
  }
}

extension Activation {
  /// Whether numbers far from 0 stay about as far from it on one side at least, so that an error that
  /// is small beside the largest input is small beside the largest output.
  package var keepsScale: Bool {
    switch kind {
    case .linear, .leakyReLU, .thresholdedReLU, .elu, .celu, .selu, .gelu, .geluByErf,
      .geluTanh, .logSigmoid,
      .silu, .hardSiLU, .mish, .softplus, .sparsePlus, .squareplus, .tanhShrink, .hardShrink,
      .softShrink, .abs, .negate:
      true
    case .relu: parameters[1] == .infinity
    case .relu6, .sigmoid, .hardSigmoid, .hardSigmoidKeras2, .sparseSigmoid, .softsign, .tanh,
      .hardTanh, .threshold, .exp, .expm1, .log, .log1p, .erf, .square, .sqrt, .rsqrt,
      .reciprocal:
      false
    }
  }
}

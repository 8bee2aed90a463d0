import ModelFormat
import Tensors

/// y[i] = f(x[i]): the functions of one number in `keras.ops`, activations among them.
///
/// Input: any shape. Output: the same shape; single precision, truth values for tests, and whole
/// numbers for the few functions that keep them.
///
/// Keras: <https://keras.io/api/ops/numpy/>, <https://keras.io/api/ops/nn/>
struct UnaryOperation: Layer {
  static let classNames =
    (Array(kinds.keys) + Array(shaped) + Array(tests.keys) + Array(wholes.keys)
    + Array(Scalar.functions.keys)).map { "ops.\($0)" }.uniqued()
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private enum Body: Sendable {
    case kernel(Activation)
    case scalar(@Sendable (Double) -> Double)
    case test(@Sendable (Float) -> Bool)
    case clip(Float, Float)
    case replace(nan: Float, above: Float, below: Float)
    /// Rounding to a multiple of the inverse of a factor.
    case round(factor: Float)
  }

  private let body: Body
  private let whole: (@Sendable (Int64) -> Int64)?

  init(_ reader: inout LayerReader) {
    let name = String(reader.className.dropFirst("ops.".count))
    let decimals = name == "Round" ? reader.int("decimals", default: 0, in: -30...30) : 0
    let factor = Float(Scalar.power(10, Double(decimals)))
    if decimals < 0 {
      whole = { Int64(exactly: Self.rounded(Float($0), factor: factor).rounded(.towardZero)) ?? 0 }
    } else if name == "Clip" {
      whole = Self.wholeClip(&reader)
    } else {
      whole = Self.wholes[name]
    }
    if decimals != 0 {
      body = .round(factor: factor)
    } else if let test = Self.tests[name] {
      body = .test(test)
    } else if let kind = Self.kinds[name], let activation = Activation(plain: kind) {
      body = .kernel(activation)
    } else if let function = Scalar.functions[name] {
      body = .scalar(function)
    } else if name == "Clip" {
      body = .clip(
        Float(reader.number("x_min", default: -.infinity)),
        Float(reader.number("x_max", default: .infinity)))
    } else if name == "Swish" {
      let beta = reader.number("beta", default: 1)
      body = .scalar { $0 / (1 + Scalar.exponential(-beta * $0)) }
    } else if name == "NanToNum" {
      let most = Double(Float.greatestFiniteMagnitude)
      body = .replace(
        nan: Float(reader.number("nan", default: 0)),
        above: Float(reader.number("posinf", default: most)),
        below: Float(reader.number("neginf", default: -most)))
    } else {
      body = .kernel(Self.shapedActivation(name, &reader))
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let type = call.inputs[0].elementType
    if case .test = body { return [TensorType(shape, .bool)] }
    if !type.isFloatingPoint, whole != nil {
      return [TensorType(shape, type.isWide ? .int64 : type.isNarrow ? type : .int32)]
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let operand = Operand(input: 0, call.inputs[0])
    let count = call.inputs[0].shape.elementCount
    let body = body
    if let whole, !call.inputs[0].elementType.isFloatingPoint {
      let type = call.outputs[0].elementType
      return .run(scratchBytes: 2 * operand.scratchBytes) { buffers in
        let x = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
        let y = (buffers.scratch + operand.scratchBytes).assumingMemoryBound(to: Int64.self)
        for index in 0..<count { y[index] = whole(x[index]) }
        convertElements(count, y, .int64, buffers.outputBytes(), type)
      }
    }
    return .run(scratchBytes: operand.scratchBytes) { buffers in
      let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
      if case .test(let test) = body {
        let y = buffers.output(0, as: Bool.self)
        for index in 0..<count { y[index] = test(x[index]) }
        return
      }
      let y = buffers.output()
      buffers.workers.forEachRange(of: count, grain: 16_384) { range in
        switch body {
        case .kernel(let activation):
          CPUKernels.active.activate(
            activation, count: range.count, x + range.lowerBound, into: y + range.lowerBound)
        case .scalar(let function):
          for index in range { y[index] = Float(function(Double(x[index]))) }
        case .clip(let low, let high):
          for index in range { y[index] = min(max(x[index], low), high) }
        case .replace(let nan, let above, let below):
          for index in range {
            let value = x[index]
            y[index] =
              value.isNaN ? nan : value == .infinity ? above : value == -.infinity ? below : value
          }
        case .round(let factor):
          for index in range {
            y[index] = Self.rounded(x[index], factor: factor)
          }
        case .test: break
        }
      }
    }
  }
}

extension UnaryOperation {
  private static let kinds: [String: Activation.Kind] = [
    "Absolute": .abs, "Fabs": .abs, "Negative": .negate, "Square": .square, "Sqrt": .sqrt,
    "Rsqrt": .rsqrt, "Reciprocal": .reciprocal, "Exp": .exp, "Expm1": .expm1, "Log": .log,
    "Log1p": .log1p, "Erf": .erf, "Tanh": .tanh, "Relu6": .relu6, "Sigmoid": .sigmoid,
    "Silu": .silu, "HardSigmoid": .hardSigmoid, "HardSilu": .hardSiLU, "HardTanh": .hardTanh,
    "LogSigmoid": .logSigmoid,
    "Softplus": .softplus, "Softsign": .softsign, "SparsePlus": .sparsePlus,
    "SparseSigmoid": .sparseSigmoid, "TanhShrink": .tanhShrink, "Selu": .selu,
    "Conjugate": .linear, "Real": .linear,
  ]

  /// Functions that options shape.
  private static let shaped: Set = [
    "Relu", "LeakyRelu", "Elu", "Celu", "Gelu", "HardShrink", "SoftShrink", "Squareplus",
    "Threshold", "Clip", "NanToNum", "ReLU", "Swish",
  ]

  private static func shapedActivation(_ name: String, _ reader: inout LayerReader) -> Activation {
    func number(_ option: String, _ fallback: Double) -> Float {
      Float(reader.number(option, default: fallback))
    }
    switch name {
    case "LeakyRelu": return .leakyReLU(negativeSlope: number("negative_slope", 0.2))
    case "Elu": return .elu(alpha: number("alpha", 1))
    case "Celu": return .celu(alpha: number("alpha", 1))
    case "HardShrink": return .hardShrink(threshold: number("threshold", 0.5))
    case "SoftShrink": return .softShrink(threshold: number("threshold", 0.5))
    case "Squareplus": return .squareplus(b: number("b", 4))
    case "Threshold":
      return .threshold(number("threshold", 0), below: number("default_value", 0))
    case "Gelu":
      let isApproximate = reader.bool("approximate", default: true)
      return Activation(plain: isApproximate ? .geluTanh : .gelu) ?? .linear
    case "ReLU":
      return .relu(
        negativeSlope: number("negative_slope", 0), maxValue: number("max_value", .infinity),
        threshold: number("threshold", 0))
    default: return .relu
    }
  }

  private static let tests: [String: @Sendable (Float) -> Bool] = [
    "Isnan": { $0.isNaN }, "Isinf": { $0.isInfinite }, "Isfinite": { $0.isFinite },
    "Isneginf": { $0 == -.infinity }, "Isposinf": { $0 == .infinity },
    "Isreal": { _ in true }, "LogicalNot": { $0 == 0 }, "Signbit": { $0.sign == .minus },
  ]

  /// Functions that keep whole numbers whole.
  private static let wholes: [String: @Sendable (Int64) -> Int64] = [
    "Absolute": { $0 < 0 ? 0 &- $0 : $0 },
    "Negative": { 0 &- $0 }, "Square": { $0 &* $0 }, "Sign": { $0.signum() },
    "Relu": { max($0, 0) }, "BitwiseInvert": { ~$0 }, "BitwiseNot": { ~$0 },
    "Conjugate": { $0 }, "Real": { $0 }, "Imag": { _ in 0 }, "NanToNum": { $0 },
    "Relu6": { min(max($0, 0), 6) }, "Round": { $0 }, "Trunc": { $0 },
  ]

  /// The bounds of whole numbers, where they are whole, too.
  private static func wholeClip(_ reader: inout LayerReader) -> (@Sendable (Int64) -> Int64)? {
    let bounds = ["x_min", "x_max"].map { reader.value($0) }
    guard bounds.allSatisfy({ $0 == nil || $0?.int != nil }) else { return nil }
    let (low, high) = (bounds[0]?.int ?? .min, bounds[1]?.int ?? .max)
    return { min(max($0, Int64(low)), Int64(high)) }
  }

  private static func rounded(_ x: Float, factor: Float) -> Float {
    (x * factor).rounded(.toNearestOrEven) / factor
  }
}

extension [String] {
  /// The names, each once.
  fileprivate func uniqued() -> [String] { Set(self).sorted() }
}

import Foundation
import Tensors

/// The activation functions in double precision, as Keras 3 defines them.
enum Formulas {
  static func value(_ f: Activation, _ x: Double) -> Double {
    if x.isNaN { return x }
    let p = (0..<4).map { Double(f.parameters[$0]) }
    switch f.kind {
    case .linear: return x
    case .relu: return relu(x, slope: p[0], max: p[1], threshold: p[2])
    case .relu6: return clip(x, 0, 6)
    case .leakyReLU: return x > 0 ? x : p[0] * x
    case .thresholdedReLU: return x > p[0] ? x : 0
    case .elu: return x > 0 ? x : p[0] * expm1(x)
    case .celu: return max(x, 0) + p[0] * expm1(min(x, 0) / p[0])
    case .selu:
      return 1.05070098735548049 * (x > 0 ? x : 1.67326324235437728 * expm1(x))
    case .gelu, .geluByErf: return 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .geluTanh:
      return 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .sigmoid: return sigmoid(x)
    case .hardSigmoid: return clip(x / 6 + 0.5, 0, 1)
    case .hardSigmoidKeras2: return clip(0.2 * x + 0.5, 0, 1)
    case .logSigmoid: return -softplus(-x)
    case .sparseSigmoid: return clip(0.5 * (x + 1), 0, 1)
    case .silu: return x * sigmoid(x)
    case .hardSiLU: return x * clip(x / 6 + 0.5, 0, 1)
    case .mish: return x * tanh(softplus(x))
    case .softplus: return softplus(x)
    case .sparsePlus: return x <= -1 ? 0 : x < 1 ? 0.25 * (x + 1) * (x + 1) : x
    case .squareplus: return (x + (x * x + p[0]).squareRoot()) / 2
    case .softsign: return x / (1 + abs(x))
    case .tanh: return tanh(x)
    case .hardTanh: return clip(x, -1, 1)
    case .tanhShrink: return x - tanh(x)
    case .hardShrink: return abs(x) > p[0] ? x : 0
    case .softShrink: return x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : 0
    case .threshold: return x > p[0] ? x : p[1]
    case .exp: return exp(x)
    case .expm1: return expm1(x)
    case .log: return log(x)
    case .log1p: return log1p(x)
    case .erf: return erf(x)
    case .abs: return abs(x)
    case .square: return x * x
    case .sqrt: return x.squareRoot()
    case .rsqrt: return 1 / x.squareRoot()
    case .negate: return -x
    case .reciprocal: return 1 / x
    }
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func softplus(_ x: Double) -> Double { log1p(exp(-abs(x))) + max(x, 0) }
  private static func clip(_ x: Double, _ low: Double, _ high: Double) -> Double {
    min(max(x, low), high)
  }

  private static func relu(
    _ x: Double, slope: Double, max bound: Double, threshold: Double
  ) -> Double {
    var y = x > threshold ? x : 0
    if bound < .infinity { y = clip(y, 0, bound) }
    return slope == 0 ? y : y - slope * max(threshold - x, 0)
  }

  /// Every kind of function, those with parameters under a few of them.
  static let all: [Activation] =
    Activation.Kind.allCases.compactMap(Activation.init(plain:)) + [
      .relu(), .relu(maxValue: 1.5), .relu(negativeSlope: 0.1),
      .relu(negativeSlope: 0.25, maxValue: 2, threshold: 0.5),
      .relu(threshold: 1), .relu(negativeSlope: 0.5, threshold: -1), .leakyReLU(negativeSlope: 0.2),
      .thresholdedReLU(theta: 0.7), .elu(alpha: 1), .elu(alpha: 0.3), .celu(alpha: 2),
      .squareplus(b: 4), .hardShrink(threshold: 0.5), .softShrink(threshold: 0.4),
      .threshold(0.5, below: -3),
    ]
}

import ModelFormat
import Tensors

extension LayerReader {
  /// Reads an option that names an activation: a string, or a serialised activation layer.
  ///
  /// `glu`, which halves the last axis, is only for layers that provide for that.
  mutating func activation(
    _ option: String = "activation", default fallback: String = "linear", allowsGLU: Bool = false
  ) -> ActivationFunction {
    let value = value(option) ?? .string(fallback)
    if let name = value.string {
      if let function = ActivationFunction(named: name), allowsGLU || function != .rows(.glu) {
        return function
      }
      refuse(
        option,
        name == "<lambda>"
          ? "a function in Python without a name, which is never run: name one of Keras's "
            + "activations there"
          : "the activation \"\(name)\" is not supported here")
      return .elementwise(.linear)
    }
    guard let className = value["class_name"]?.string, let config = value["config"]?.object else {
      reject(option, "expected an activation's name or object, found \(value)")
      return .elementwise(.linear)
    }
    let layer = LayerDescription(name: layer.name, className: className, config: config)
    var nested = LayerReader(layer, weights: [:])
    if className == "Softmax", nested.intList("axis", default: [-1]) == [-1] {
      return .rows(.softmax)
    }
    if Identity.classNames.contains(className) { return .elementwise(.linear) }
    guard ActivationLayer.classNames.contains(className) else {
      refuse(
        option,
        className == "Softmax"
          ? "a Softmax over other axes than the last is not supported here"
          : "an activation of class \"\(className)\" is not supported here")
      return .elementwise(.linear)
    }
    let function = ActivationLayer(&nested).function
    nested.finish()
    adopt(nested.problems, under: option)
    return function
  }

  /// Reads `activation`, `use_bias`, and the bias of `count` elements where there is one.
  mutating func finish(count: Int, allowsGLU: Bool = false) -> Finish {
    let bias = bool("use_bias", default: true) ? weight("bias", [count]) : nil
    return Finish(
      bias: bias, activation: activation(allowsGLU: allowsGLU),
      fitsLines: bool("bias_fits_lines", default: false))
  }
}

extension ActivationFunction {
  /// The function that Keras knows by the given name, with its default parameters.
  init?(named name: String) {
    if let function = Self.elementwiseFunctions[name] {
      self = .elementwise(function)
    } else if let function = RowFunction(rawValue: name) {
      self = .rows(function)
    } else {
      return nil
    }
  }

  private static let elementwiseFunctions: [String: Activation] = [
    "celu": .celu(alpha: 1),
    "elu": .elu(alpha: 1),
    "hard_shrink": .hardShrink(threshold: 0.5),
    "leaky_relu": .leakyReLU(negativeSlope: 0.2),
    "relu": .relu,
    "soft_shrink": .softShrink(threshold: 0.5),
    "squareplus": .squareplus(b: 4),
  ].merging(
    plainFunctions.compactMapValues { Activation(plain: $0) },
    uniquingKeysWith: { first, _ in first })

  private static let plainFunctions: [String: Activation.Kind] = [
    "exponential": .exp,
    "gelu": .gelu,
    "gelu_tanh": .geluTanh,
    "hard_sigmoid": .hardSigmoid,
    "gelu_by_erf": .geluByErf, "hard_sigmoid_keras2": .hardSigmoidKeras2,
    "hard_silu": .hardSiLU,
    "hard_swish": .hardSiLU,
    "hard_tanh": .hardTanh,
    "linear": .linear,
    "log_sigmoid": .logSigmoid,
    "mish": .mish,
    "relu6": .relu6,
    "selu": .selu,
    "sigmoid": .sigmoid,
    "silu": .silu,
    "softplus": .softplus,
    "softsign": .softsign,
    "sparse_plus": .sparsePlus,
    "sparse_sigmoid": .sparseSigmoid,
    "swish": .silu,
    "tanh": .tanh,
    "tanh_shrink": .tanhShrink,
  ]
}

import Inference
import ModelFormat
import Tensors

/// zeros → convolution → batch normalization → relu → convolution → dropout → batch normalization,
/// added to a convolution of the input's zeros → relu → squeeze-and-excitation → convolution, added
/// to another: what every pass finds something to do in.
enum ConvolutionModel {
  static func contents() -> ModelContents {
    let layers = [
      layer("pad", "ZeroPadding2D", ["padding": ints(1, 1)]),
      convolution("first", channels: 3, filters: 8), normalization("norm"),
      layer("relu", "ReLU"),
      depthwise("second", channels: 8), layer("drop", "Dropout", ["rate": .double(0.5)]),
      normalization("norm2"),
      layer("pad2", "ZeroPadding2D", ["padding": ints(1, 1)]),
      convolution("side", channels: 3, filters: 8), layer("add", "Add"), layer("relu2", "ReLU"),
      layer("squeeze", "GlobalAveragePooling2D", ["keepdims": .bool(true)]),
      layer("excite", "Multiply"), pointwise("project", channels: 8, filters: 4),
      pointwise("shortcut", channels: 8, filters: 4), layer("add2", "Add"),
    ]
    let nodes = [
      ("pad", ["x"]), ("first", ["pad"]), ("norm", ["first"]), ("relu", ["norm"]),
      ("second", ["relu"]), ("drop", ["second"]), ("norm2", ["drop"]), ("pad2", ["x"]),
      ("side", ["pad2"]), ("add", ["norm2", "side"]), ("relu2", ["add"]),
      ("squeeze", ["relu2"]), ("excite", ["relu2", "squeeze"]), ("shortcut", ["relu2"]),
      ("project", ["excite"]), ("add2", ["shortcut", "project"]),
    ].map { NodeDescription(name: $0.0, layer: $0.0, inputs: $0.1) }
    let description = ModelDescription(
      name: "convolutions", inputs: [InputDescription(name: "x", shape: [nil, nil, nil, 3])],
      layers: layers, nodes: nodes, outputs: [OutputDescription(name: "add2", value: "add2")])
    return contents(description)
  }

  /// A model with made-up weights.
  static func contents(_ description: ModelDescription) -> ModelContents {
    var weights: [String: Tensor] = [:]
    for layer in description.layers {
      for weight in layer.weights {
        weights["\(layer.name)/\(weight.name)"] = numbers(weight.shape, seed: weights.count)
      }
    }
    return ModelContents(
      description: description, weights: weights, provenance: Provenance(source: "test"))
  }

  /// Numbers from 0.1 to 1.1, so that they do for variances too.
  static func numbers(_ shape: [Int], seed: Int) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      Shape(shape), (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 1000) / 1000 + 0.1 })
  }

  static func ints(_ numbers: Int...) -> JSONValue { .array(numbers.map { .int($0) }) }

  static func layer(
    _ name: String, _ className: String, _ config: [String: JSONValue] = [:],
    _ weights: [(String, [Int])] = []
  ) -> LayerDescription {
    LayerDescription(
      name: name, className: className, config: config,
      weights: weights.map { WeightDescription(name: $0.0, shape: $0.1) })
  }

  private static func convolution(
    _ name: String, channels: Int, filters: Int, size: Int = 3
  ) -> LayerDescription {
    layer(
      name, "Conv2D", ["filters": .int(filters), "kernel_size": ints(size, size)],
      [("kernel", [size, size, channels, filters]), ("bias", [filters])])
  }

  static func pointwise(
    _ name: String, channels: Int, filters: Int
  ) -> LayerDescription {
    convolution(name, channels: channels, filters: filters, size: 1)
  }

  private static func depthwise(_ name: String, channels: Int) -> LayerDescription {
    layer(
      name, "DepthwiseConv2D",
      ["kernel_size": ints(3, 3), "padding": .string("same"), "use_bias": .bool(false)],
      [("kernel", [3, 3, channels, 1])])
  }

  private static func normalization(_ name: String) -> LayerDescription {
    let names = ["moving_mean", "moving_variance", "gamma", "beta"]
    return layer(name, "BatchNormalization", [:], names.map { ($0, [8]) })
  }
}

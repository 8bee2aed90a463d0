import ModelFormat

/// A layer's activation that becomes a call of its own behind it: a layer that is no function of
/// single numbers (a `Softmax` over another axis than the last, one with weights, a normalisation),
/// or a function of rows where the layer is `channels_first` and its rows are not channels.
enum AxisActivation {
  /// What follows the layer's name in that of its activation.
  static let suffix = "/activation"

  /// The functions that look across the last axis.
  private static let rowFunctions: Set = ["glu", "log_softmax", "softmax", "sparsemax"]
  /// The layers that are functions of single numbers, or nothing but another activation.
  private static let elementwise: Set = ["ELU", "LeakyReLU", "ReLU", "ThresholdedReLU"]

  /// Whether a layer has such an activation that can be taken out of it.
  static func applies(to layer: SourceLayer) -> Bool {
    let (className, config) = layer.core
    guard let activation = config["activation"], hasOneProduct(className) else { return false }
    return standsAlone(
      activation, isChannelsFirst: config["data_format"]?.string == "channels_first")
  }

  private static func standsAlone(_ activation: JSONValue, isChannelsFirst: Bool) -> Bool {
    if let name = activation.string { return isChannelsFirst && rowFunctions.contains(name) }
    guard let className = activation["class_name"]?.string else { return false }
    switch className {
    case "Activation":
      let inner = activation["config"]?["activation"] ?? .null
      return standsAlone(inner, isChannelsFirst: isChannelsFirst)
    case "Softmax":
      let axis = activation["config"]?["axis"] ?? .null
      return isChannelsFirst || !axis.isNull && axis != .int(-1)
    default: return !elementwise.contains(className)
    }
  }

  /// The name of an activation's weight, `alpha`, of that by which its layer has it,
  /// `activation/alpha`, inside a wrapper `layer/activation/alpha`; nil for the layer's own weights.
  static func ownName(ofWeight name: String) -> String? {
    let parts = name.split(separator: "/")
    guard let place = parts.prefix(3).lastIndex(of: "activation"), place < parts.count - 1,
      parts[..<place].allSatisfy({ $0 == "layer" || $0 == "activation" })
    else { return nil }
    return parts[(place + 1)...].joined(separator: "/")
  }

  /// Whether an activation of the given class has weights.
  static func hasWeights(_ className: String) -> Bool {
    WeightLayout.slots(of: className, [:])?.isEmpty == false
  }

  /// Whether the activation of a class is the last that it does; in a recurrent layer it is not.
  static func hasOneProduct(_ className: String) -> Bool {
    let convolutions = ["Conv", "DepthwiseConv", "LocallyConnected", "SeparableConv"]
    return ["Activation", "Dense", "EinsumDense"].contains(className)
      || convolutions.contains { className.hasPrefix($0) } && !className.hasPrefix("ConvLSTM")
  }
}

extension GraphBuilder {
  /// Adds one call of a layer without its activation, and one of the activation; `name` is the
  /// latter's where it is not the layer's.
  func addAxisActivation(
    of layer: SourceLayer, path: String, index: Int, call: BoundCall, name: String? = nil
  ) -> [GraphValue] {
    let activation = layer.core.config["activation"] ?? .null
    let linear = layer.changingCore("activation", to: .string("linear"))
    let values = addConvolution(
      linear, path: path, index: index, call: call, name: path + "/before_activation")
    guard var value = values.first else { return [] }
    let place = path + AxisActivation.suffix
    addLayer(description(of: activation, name: place, dtype: layer.core.config["dtype"]))
    let node = GraphName.call(name ?? path, index)
    addNode(NodeDescription(name: node, layer: place, inputs: [value.name]))
    value.name = node
    return [value]
  }

  /// Adds one call of a layer, between transposes where it is `channels_first`.
  func addConvolution(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, name: String
  ) -> [GraphValue] {
    ChannelsFirst.applies(to: layer)
      ? addChannelsFirst(layer, path: path, index: index, call: call, name: name)
      : addLayer(layer, path: path, index: index, call: call, name: name)
  }

  /// An activation as a layer: one of its own, that inside an `Activation`, or a function.
  private func description(
    of activation: JSONValue, name: String, dtype: JSONValue?
  ) -> LayerDescription {
    let className = activation["class_name"]?.string
    let config = activation["config"]?.object ?? [:]
    if className == "Activation", let inner = config["activation"], inner.object != nil {
      return description(of: inner, name: name, dtype: dtype)
    }
    guard let className else {
      var config = ["activation": activation]
      config["dtype"] = dtype
      return LayerDescription(name: name, className: "Activation", config: config)
    }
    return LayerDescription(
      name: name, className: className, config: StoredForm.removed(from: config))
  }
}

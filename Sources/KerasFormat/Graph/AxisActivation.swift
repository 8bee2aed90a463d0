import ModelFormat

/// A layer as another one's activation that becomes a call of its own behind it: a `Softmax` over
/// another axis than the last, which looks across what the layer computes, or one with weights.
enum AxisActivation {
  /// What follows the layer's name in that of its activation.
  static let suffix = "/activation"

  /// Whether a layer has such an activation that can be taken out of it.
  static func applies(to layer: SourceLayer) -> Bool {
    guard let activation = layer.config["activation"],
      let className = activation["class_name"]?.string,
      canLose(className: layer.className, layer.config)
    else { return false }
    if hasWeights(className) { return true }
    let axis = activation["config"]?["axis"] ?? .null
    return className == "Softmax" && !axis.isNull && axis != .int(-1)
  }

  /// Whether an activation of the given class has weights.
  static func hasWeights(_ className: String) -> Bool {
    WeightLayout.slots(of: className, [:])?.isEmpty == false
  }

  /// Whether the activation can be taken out of a layer of the given class and options.
  static func canLose(className: String, _ config: [String: JSONValue]) -> Bool {
    let isChannelsFirst = config["data_format"]?.string == "channels_first"
    return hasOneProduct(className) && !isChannelsFirst
  }

  /// Whether the activation of a class is the last that it does; in a recurrent layer it is not.
  private static func hasOneProduct(_ className: String) -> Bool {
    let convolutions = ["Conv", "DepthwiseConv", "LocallyConnected", "SeparableConv"]
    return ["Activation", "Dense", "EinsumDense"].contains(className)
      || convolutions.contains { className.hasPrefix($0) } && !className.hasPrefix("ConvLSTM")
  }
}

extension GraphBuilder {
  /// Adds one call of a layer without its activation, and one of the activation.
  func addAxisActivation(
    of layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    var linear = layer
    let activation = linear.config.updateValue(.string("linear"), forKey: "activation")
    let values = addLayer(
      linear, path: path, index: index, call: call, name: path + "/before_activation")
    guard var value = values.first else { return [] }
    addLayer(
      LayerDescription(
        name: path + AxisActivation.suffix, className: activation?["class_name"]?.string ?? "",
        config: activation?["config"]?.object ?? [:]))
    let name = GraphName.call(path, index)
    addNode(NodeDescription(name: name, layer: path + AxisActivation.suffix, inputs: [value.name]))
    value.name = name
    return [value]
  }
}

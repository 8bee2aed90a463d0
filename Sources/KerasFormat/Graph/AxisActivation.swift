import ModelFormat

/// A `Softmax` over another axis than the last as a layer's activation: it looks across what the
/// layer computes, so it becomes a call of its own behind the layer's.
enum AxisActivation {
  /// Whether a layer has such an activation that can be taken out of it.
  static func applies(to layer: SourceLayer) -> Bool {
    guard let activation = layer.config["activation"],
      activation["class_name"]?.string == "Softmax", hasOneProduct(layer.className),
      !ChannelsFirst.applies(to: layer)
    else { return false }
    let axis = activation["config"]?["axis"] ?? .null
    return !axis.isNull && axis != .int(-1)
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
    let config = linear.config.updateValue(.string("linear"), forKey: "activation")?["config"]
    let values = addLayer(
      linear, path: path, index: index, call: call, name: path + "/before_activation")
    guard var value = values.first else { return [] }
    addLayer(
      LayerDescription(
        name: path + "/activation", className: "Softmax", config: config?.object ?? [:]))
    let name = GraphName.call(path, index)
    addNode(NodeDescription(name: name, layer: path + "/activation", inputs: [value.name]))
    value.name = name
    return [value]
  }
}

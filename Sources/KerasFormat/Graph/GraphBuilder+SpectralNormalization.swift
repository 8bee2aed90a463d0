import ModelFormat

extension GraphBuilder {
  /// Adds one call of Keras 3's `SpectralNormalization`, which gives its output the input's type:
  /// what is computed of whole numbers is cut off to such.
  func addSpectralNormalization(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    let name = path + "/before_cast"
    let values =
      AxisActivation.applies(to: layer)
      ? addAxisActivation(of: layer, path: path, index: index, call: call, name: name)
      : addConvolution(layer, path: path, index: index, call: call, name: name)
    guard var value = values.first, let input = call.inputs.first else { return [] }
    addLayer(LayerDescription(name: path + "/cast", className: "CastLike"))
    let node = GraphName.call(path, index)
    addNode(
      NodeDescription(name: node, layer: path + "/cast", inputs: [value.name, input.name]))
    value.name = node
    return [value]
  }
}

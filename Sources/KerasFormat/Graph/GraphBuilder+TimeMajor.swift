import ModelFormat

extension GraphBuilder {
  /// Adds a recurrent layer whose sequences have time on the first axis, between exchanges of that
  /// axis and the batch's.
  ///
  /// For a layer `gru` the calls are `gru/to_batch_major`, `gru/batch_major` (of the layer `gru`)
  /// where the output is a sequence, and `gru`.
  func addTimeMajor(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, outputs: Int
  ) -> [GraphValue] {
    guard let input = call.inputs.first else { return [] }
    report.note(.timeMajorRewritten)
    let name = GraphName.call(path, index)
    let mask = call.explicitMask(of: 0) ?? input.mask
    var inner = call
    inner.keywords.removeAll { $0.name == "mask" }
    inner.inputs[0] = exchanged(
      input, layer: path + "/to_batch_major", call: GraphName.call(path + "/to_batch_major", index))
    inner.inputs[0].mask = mask.map { .exchanged($0, call: name) }
    let layer = layer.changingTimeMajor()
    guard layer.returnsSequences else {
      return addLayer(layer, path: path, index: index, call: inner, outputs: outputs)
    }
    var results = addLayer(
      layer, path: path, index: index, call: inner, outputs: outputs, name: path + "/batch_major")
    for output in results.indices.prefix(OutputCount.values(of: layer)) {
      let number = output == 0 ? "" : "\(output)"
      let carried = results[output].mask == nil ? nil : mask
      results[output] = exchanged(
        results[output], layer: path + "/to_time_major" + number,
        call: output == 0 ? name : GraphName.call(path + "/to_time_major" + number, index))
      results[output].mask = carried
    }
    addAliases(path, index: index, values: results)
    return results
  }

  private func exchanged(_ value: GraphValue, layer: String, call: String) -> GraphValue {
    addLayer(
      LayerDescription(
        name: layer, className: "Transpose", config: ["axes": .array([.int(1), .int(0), .int(2)])]))
    addNode(NodeDescription(name: call, layer: layer, inputs: [value.name]))
    return GraphValue(name: call)
  }
}

extension SourceLayer {
  /// Whether the layer's sequences have time on the first axis.
  var isTimeMajor: Bool {
    (config["layer"]?["config"]?["time_major"] ?? config["time_major"])?.bool == true
  }

  /// The same layer for sequences that have the batch there.
  fileprivate func changingTimeMajor() -> SourceLayer {
    var layer = self
    layer.config["time_major"] = nil
    for option in ["layer", "backward_layer"] {
      guard var inner = config[option]?.object, var options = inner["config"]?.object else {
        continue
      }
      options["time_major"] = nil
      inner["config"] = .object(options)
      layer.config[option] = .object(inner)
    }
    return layer
  }
}

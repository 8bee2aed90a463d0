import ModelFormat

extension GraphBuilder {
  /// Adds the calls of a nested model, whose name then stands for its outputs.
  func addModel(
    _ model: SourceModel, of layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    let className = layer.className
    guard var inputs = self.inputs(of: model, className, path: path, call: call) else { return [] }
    for (place, port) in zip(inputs.indices, model.inputs) {
      let input = model.layer(named: port.value.layer)
      inputs[place] = masks.entering(
        inputs[place], type: input?.input == nil ? inputs[place].type : input?.type,
        mask: call.explicitMask(of: place))
      if let input { inputs[place] = converted(inputs[place], to: input, path: path, index: index) }
    }
    let names =
      call.keywords.map(\.name).filter { !$0.hasPrefix("mask") }
      + call.arguments.keys.filter { $0 != "training" }
    for name in names.sorted() {
      report.unsupported(
        path, className, option: name, reason: "nested models are not called with this argument")
    }
    let outputs = expand(
      model, path: path, index: index, inputs: inputs,
      inTraining: call.arguments["training"] != nil)
    addAliases(path, index: index, values: outputs)
    let values = outputs.compactMap { $0 }
    return values.count == outputs.count ? values : []
  }

  /// The values that a model is called on, in the order of its inputs: by name where the call gives
  /// a dictionary, else in their own order.
  private func inputs(
    of model: SourceModel, _ className: String, path: String, call: BoundCall
  ) -> [GraphValue]? {
    if case .dictionary(let members) = call.first {
      let named = model.inputs.compactMap { port in
        members[port.key ?? port.value.layer] ?? members[port.value.layer]
      }
      let values = named.flatMap(\.values)
      if named.count == model.inputs.count, values.count == named.count { return values }
    }
    guard call.inputs.count == model.inputs.count else {
      report.invalid(
        path, className, reason: "expected \(model.inputs.count) inputs, found \(call.inputs.count)"
      )
      return nil
    }
    return call.inputs
  }

  /// Adds a `channels_first` layer between transposes.
  ///
  /// For a layer `conv` the calls are `conv/to_channels_last`, `conv/channels_last` (of the layer
  /// `conv`), and `conv`, so that the value `conv` is what Keras computes; `name` takes its place.
  func addChannelsFirst(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, name: String? = nil
  ) -> [GraphValue] {
    guard let input = call.inputs.first, let form = ChannelsFirst(layer) else { return [] }
    report.note(.channelsFirstRewritten)
    var layer = layer.changingCore("data_format", to: .string("channels_last"))
    if version.takesAddendsForBiases, form.addsBiasApart {
      report.note(.biasFitsLines)
      layer = layer.changingCore("bias_fits_lines", to: .bool(true))
    }
    var inner = call
    inner.inputs[0] = transpose(
      input, form.toLast, layer: path + "/to_channels_last",
      call: GraphName.call(path + "/to_channels_last", index))
    guard let toFirst = form.toFirst else {
      return addLayer(layer, path: path, index: index, call: inner, name: name)
    }
    let outputs = addLayer(
      layer, path: path, index: index, call: inner, name: path + "/channels_last")
    return [
      transpose(
        outputs[0], toFirst, layer: path + "/to_channels_first",
        call: GraphName.call(name ?? path, index))
    ]
  }

  private func transpose(
    _ value: GraphValue, _ axes: JSONValue, layer: String, call: String
  ) -> GraphValue {
    addLayer(
      LayerDescription(name: layer, className: "Transpose", config: ["axes": axes]))
    addNode(NodeDescription(name: call, layer: layer, inputs: [value.name]))
    return GraphValue(name: call, mask: value.mask)
  }
}

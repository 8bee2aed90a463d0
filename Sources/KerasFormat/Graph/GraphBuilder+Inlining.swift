import ModelFormat

extension GraphBuilder {
  /// Adds the calls of a nested model, whose name then stands for its outputs.
  func addModel(
    _ model: SourceModel, of layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    let className = layer.className
    guard var inputs = self.inputs(of: model, className, path: path, call: call) else { return [] }
    for input in inputs.indices {
      if let mask = call.explicitMask(of: input) { inputs[input].mask = mask }
    }
    let names = call.keywords.map(\.name).filter { !$0.hasPrefix("mask") } + call.arguments.keys
    for name in names.sorted() {
      report.unsupported(
        path, className, option: name, reason: "nested models are not called with this argument")
    }
    let outputs = expand(model, path: path, index: index, inputs: inputs)
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

  /// Adds `TimeDistributed`: time is folded into the batch, the layer is called, and time comes
  /// back.
  ///
  /// For a layer `td` around `dense`, the calls are `td/fold`, `td/dense`, and `td`, which reads
  /// the input once more, for its time axis.
  func addTimeDistributed(
    _ inner: SourceLayer, of layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    guard let input = call.inputs.first else { return [] }
    var folded = call
    folded.keywords = []
    for position in call.inputs.indices {
      folded.inputs[position] = fold(call.inputs[position], position, path: path, index: index)
    }
    folded.first = nil
    readMasks(of: call, inner: inner, path: path)
    let outputs = add(
      inner, path: joined(path, inner.name), index: index, call: folded, outputs: 1)
    guard let output = outputs.first, outputs.count == 1 else {
      report.unsupported(
        path, layer.className, option: "layer",
        reason: "expected a layer of one output, "
          + "found \(outputs.count)")
      return []
    }
    addLayer(LayerDescription(name: path, className: "UnfoldTime"))
    let name = GraphName.call(path, index)
    addNode(NodeDescription(name: name, layer: path, inputs: [output.name, input.name]))
    let carried = version.major < 3 ? output.mask ?? input.mask : input.mask
    return [GraphValue(name: name, mask: carried)]
  }

  private func fold(
    _ input: GraphValue, _ position: Int, path: String, index: Int
  ) -> GraphValue {
    let fold = path + (position == 0 ? "/fold" : "/fold\(position)")
    let name = GraphName.call(fold, index)
    addLayer(LayerDescription(name: fold, className: "FoldTime"))
    addNode(NodeDescription(name: name, layer: fold, inputs: [input.name]))
    return GraphValue(name: name)
  }

  /// Reports the masks that `TimeDistributed` hands to a layer that computes with them.
  private func readMasks(of call: BoundCall, inner: SourceLayer, path: String) {
    let mask = call.explicitMask(of: 0) ?? call.inputs.lazy.compactMap(\.mask).first
    guard let mask else { return }
    if inner.model != nil || MaskRule.of(inner.className)?.reads == true {
      report.unsupported(
        path, "TimeDistributed", option: "mask",
        reason: "the layer that it holds computes with the mask that \"\(mask.origin)\" makes, "
          + "which is not supported")
    }
  }

  /// Adds a `channels_first` layer between transposes.
  ///
  /// For a layer `conv` the calls are `conv/to_channels_last`, `conv/channels_last` (of the layer
  /// `conv`), and `conv`, so that the value `conv` is what Keras computes.
  func addChannelsFirst(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    guard let input = call.inputs.first, let form = ChannelsFirst(layer) else { return [] }
    report.note(.channelsFirstRewritten)
    var layer = layer
    layer.config["data_format"] = .string("channels_last")
    var inner = call
    inner.inputs[0] = transpose(
      input, form.toLast, layer: path + "/to_channels_last",
      call: GraphName.call(path + "/to_channels_last", index))
    guard let toFirst = form.toFirst else {
      return addLayer(layer, path: path, index: index, call: inner)
    }
    let outputs = addLayer(
      layer, path: path, index: index, call: inner, name: path + "/channels_last")
    return [
      transpose(
        outputs[0], toFirst, layer: path + "/to_channels_first", call: GraphName.call(path, index))
    ]
  }

  private func transpose(
    _ value: GraphValue, _ axes: [Int]?, layer: String, call: String
  ) -> GraphValue {
    let order = axes.map { .array($0.map { .int($0) }) } ?? JSONValue.string("channels_last")
    addLayer(
      LayerDescription(name: layer, className: "Transpose", config: ["axes": order]))
    addNode(NodeDescription(name: call, layer: layer, inputs: [value.name]))
    return GraphValue(name: call, mask: value.mask)
  }
}

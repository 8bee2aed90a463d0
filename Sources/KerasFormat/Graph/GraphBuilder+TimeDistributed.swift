import ModelFormat

extension GraphBuilder {
  /// Adds `TimeDistributed`: time is folded into the batch, the layer called, and time comes back.
  ///
  /// A mask is folded too where the layer computes with it.
  ///
  /// For a layer `td` around `dense`, the calls are `td/fold`, `td/dense`, and `td`, which reads
  /// the input once more, for its time axis.
  func addTimeDistributed(
    _ inner: SourceLayer, of layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    guard let input = call.inputs.first else { return [] }
    let name = GraphName.call(path, index)
    let mask = call.explicitMask(of: 0) ?? input.mask
    refuseStates(of: inner, path: path)
    var folded = call
    if version.major < 3, call.arguments["training"] != nil,
      inner.trainingEffect == .batchStatistics
    {
      report.unsupported(
        path, layer.className, option: "training", reason: ModelProblem.calledInTraining)
      folded.arguments["training"] = nil
    }
    folded.keywords = []
    for position in call.inputs.indices {
      folded.inputs[position] = fold(
        call.inputs[position], position, layer.config, path: path, index: index)
    }
    folded.inputs[0].mask = mask.map { .folded($0, call: name) }
    folded.first = nil
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
    addNode(NodeDescription(name: name, layer: path, inputs: [output.name, input.name]))
    return [
      GraphValue(name: name, mask: carried(mask, inner: output.mask, input: input, call: name))
    ]
  }

  /// The mask behind `TimeDistributed`: Keras 3 hands on the one that it was given; before, that
  /// of the layer's output at each time step, or whether the given one leaves anything of a step.
  private func carried(
    _ mask: ImplicitMask?, inner: ImplicitMask?, input: GraphValue, call: String
  ) -> ImplicitMask? {
    if version.major >= 3 { return mask }
    if let inner {
      if case .folded(let whole, call) = inner { return whole }
      return .unfolded(inner, like: input.name, call: call)
    }
    return mask.map { .anyOfStep($0, like: input.name, call: call) }
  }

  private func fold(
    _ input: GraphValue, _ position: Int, _ config: [String: JSONValue], path: String, index: Int
  ) -> GraphValue {
    let fold = path + (position == 0 ? "/fold" : "/fold\(position)")
    let name = GraphName.call(fold, index)
    addLayer(LayerDescription(name: fold, className: "FoldTime", config: config))
    addNode(NodeDescription(name: name, layer: fold, inputs: [input.name]))
    return GraphValue(name: name)
  }

  /// Reports a layer that keeps its states from one time step of the outer sequence to the next.
  private func refuseStates(of inner: SourceLayer, path: String) {
    guard inner.config["stateful"]?.bool == true else { return }
    report.unsupported(
      path, "TimeDistributed", option: "layer",
      reason: "a stateful layer, whose states go from one time step to the next, is not supported "
        + "here")
  }
}

import ModelFormat

/// `Multiply`, `Maximum` and `Minimum` of inputs that carry masks, which Keras computes with since
/// 3.4: what a mask leaves out of one input does not count.
///
/// Keras: `Multiply._merge_function`, `Merge._apply_merge_op_and_or_mask`
enum MaskedMerge {
  /// Whether a call of a layer is one.
  static func applies(to layer: SourceLayer, _ call: BoundCall, _ version: KerasVersion) -> Bool {
    version.mergesWithMasks && ["Maximum", "Minimum", "Multiply"].contains(layer.className)
      && call.inputs.contains { $0.mask != nil }
  }
}

extension GraphBuilder {
  /// Adds a merge of masked inputs as a chain: each input but for what its mask leaves out, then the
  /// merge, two at a time for `Maximum` and `Minimum`, which have no number that changes nothing.
  func addMaskedMerge(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall
  ) -> [GraphValue] {
    let name = GraphName.call(path, index)
    let masks = call.inputs.map { input in
      input.mask.flatMap { value(of: $0, for: path, className: layer.className) }.map { mask in
        addOperation(
          "ops.ExpandDims", "\(name)/of_\(mask)", [mask], config: ["axis": .int(-1)])
      }
    }
    let carried = MaskPropagation(layer, name: name, call: call, version: version).carried
    let config = layer.core.config.filter { $0.key == "dtype" }
    addLayer(LayerDescription(name: path, className: layer.className, config: config))
    if layer.className == "Multiply" {
      multiply(call.inputs.map(\.name), masks, path: path, name: name)
    } else {
      chain(call.inputs.map(\.name), masks, path: path, name: name)
    }
    return [GraphValue(name: name, mask: carried)]
  }

  private func multiply(_ inputs: [String], _ masks: [String?], path: String, name: String) {
    let factors = zip(inputs, masks).enumerated().map { place, input in
      input.1.map { choose($0, input.0, nil, constant: 1, as: "\(name)/factor\(place)") } ?? input.0
    }
    let all = masks.compactMap { $0 }
    guard all.count == masks.count, let first = all.first else {
      return addNode(NodeDescription(name: name, layer: path, inputs: factors))
    }
    addNode(NodeDescription(name: name + "/product", layer: path, inputs: factors))
    let any = all.dropFirst().enumerated().reduce(first) { any, next in
      addOperation("ops.LogicalOr", "\(name)/any\(next.offset)", [any, next.element])
    }
    addLayer(LayerDescription(name: path + "/masked", className: "ops.Where"))
    addNode(
      NodeDescription(
        name: name, layer: path + "/masked", inputs: [any, name + "/product"],
        arguments: ["2": .int(0)]))
  }

  private func chain(_ inputs: [String], _ masks: [String?], path: String, name: String) {
    guard var total = inputs.first, var totalMask = masks.first else { return }
    for place in inputs.indices.dropFirst() {
      let isLast = place == inputs.count - 1
      var next = inputs[place]
      if let mask = masks[place] {
        next = choose(mask, next, total, as: "\(name)/input\(place)")
      }
      if let mask = totalMask { total = choose(mask, total, next, as: "\(name)/total\(place)") }
      if let both = totalMask, let mask = masks[place] {
        totalMask = addOperation("ops.LogicalOr", "\(name)/any\(place)", [both, mask])
      } else {
        totalMask = nil
      }
      let call = isLast ? name : "\(name)/merged\(place)"
      addNode(NodeDescription(name: call, layer: path, inputs: [total, next]))
      total = call
    }
    if inputs.count == 1 {
      addNode(NodeDescription(name: name, layer: path, inputs: inputs))
    }
  }

  /// The value that is `yes` where the mask is true, else `no` or a constant.
  private func choose(
    _ mask: String, _ yes: String, _ no: String?, constant: Int? = nil, as name: String
  ) -> String {
    addOperation(
      "ops.Where", name, [mask, yes] + (no.map { [$0] } ?? []),
      arguments: constant.map { ["2": .int($0)] } ?? [:])
  }
}

import Tensors

extension ModelDescription {
  /// Where the graph contradicts itself, all places at once; empty for a sound description.
  ///
  /// Names are unique, every call names a layer that exists and reads values that the inputs or
  /// earlier calls give, outputs and aliases name values that exist. What the layers make of their
  /// options is not looked at.
  public func contradictions() -> [ModelProblem] {
    var check = DescriptionCheck()
    check.inputs(inputs)
    check.layers(layers)
    check.nodes(nodes)
    check.outputs(outputs)
    check.aliases(aliases)
    return check.problems
  }
}

/// Collects what is wrong with a description.
private struct DescriptionCheck {
  private(set) var problems: [ModelProblem] = []
  private var layers: Set<String> = []
  private var calls: Set<String> = []
  private var values: Set<String> = []

  /// The most elements of one item.
  private static let largestInput = 1 << 30

  mutating func inputs(_ inputs: [InputDescription]) {
    for input in inputs {
      if !values.insert(input.name).inserted {
        report("two inputs have this name", at: input.name)
      }
      let shape = Shape(input.shape.map { $0 ?? 1 })
      if shape.elementCount(atMost: Self.largestInput) == nil {
        report("an input of shape \(shape) is too large", at: input.name)
      }
    }
  }

  mutating func layers(_ layers: [LayerDescription]) {
    for layer in layers {
      if !self.layers.insert(layer.name).inserted {
        report("two layers have this name", at: layer.name, layer.className)
      }
      var weights: Set<String> = []
      for weight in layer.weights {
        if !weights.insert(weight.name).inserted {
          report("two weights have this name", at: layer.name, layer.className, weight.name)
        }
        if Shape(weight.shape).elementCount(atMost: .max / 16) == nil {
          report(
            "shape \(Shape(weight.shape)) has more elements than can be counted",
            at: layer.name, layer.className, weight.name)
        }
      }
    }
  }

  mutating func nodes(_ nodes: [NodeDescription]) {
    for node in nodes {
      if !calls.insert(node.name).inserted { report("two calls have this name", at: node.name) }
      if !layers.contains(node.layer) {
        report("calls layer \"\(node.layer)\", which the model does not hold", at: node.name)
      }
      for input in node.inputs where !values.contains(input) {
        report("reads \"\(input)\", which no input or earlier call gives", at: node.name)
      }
      for (keyword, position) in node.keywords.sorted(by: { $0.key < $1.key })
      where !node.inputs.indices.contains(position) {
        report(
          "stands for input \(position) of a call that has \(node.inputs.count)",
          at: node.name, nil, keyword)
      }
      if node.outputs.isEmpty { report("the call gives no value", at: node.name) }
      for output in node.outputs where !values.insert(output).inserted {
        report("gives \"\(output)\", which exists already", at: node.name)
      }
    }
  }

  mutating func outputs(_ outputs: [OutputDescription]) {
    if outputs.isEmpty { report("the model has no output") }
    for output in outputs where !values.contains(output.value) {
      report("output \"\(output.value)\" is given by no input or call", at: output.name)
    }
  }

  mutating func aliases(_ aliases: [String: String]) {
    for (alias, value) in aliases.sorted(by: { $0.key < $1.key }) {
      if !values.contains(value) {
        report("stands for \"\(value)\", which no input or call gives", at: alias)
      } else if alias != value, values.contains(alias) {
        report("stands for \"\(value)\", but is a value of its own", at: alias)
      }
    }
  }

  private mutating func report(
    _ reason: String, at layer: String? = nil, _ className: String? = nil,
    _ option: String? = nil
  ) {
    problems.append(
      ModelProblem(.invalid, layer: layer, className: className, option: option, reason: reason))
  }
}

/// Brings every version's way to count a nested model's calls down to one: from 0.
///
/// Keras counts a call of its own where a nested model was built. Keras 2 adds it to every
/// reference to a model that has an input layer. Keras 3 adds it only where `input_layers` and
/// `output_layers` name a functional model. A layer's every call is referred to by somebody, so
/// what the numbers are counted from shows in the numbers.
struct CallNumbering {
  private var nodeOffsets: [String: Int] = [:]
  private var portOffsets: [String: Int] = [:]
  /// The calls' numbers in the model by those that references have, where the two do not differ by
  /// an offset.
  private var nodeNumbers: [String: [Int: Int]] = [:]

  /// Whether any reference counts from 1.
  var countsFromOne: Bool {
    nodeOffsets.values.contains(1) || portOffsets.values.contains(1)
  }

  /// The numbering of the given model, which that version of Keras wrote.
  init(of model: SourceModel, version: KerasVersion) {
    let inNodes = Self.calls(
      model.layers.lazy.flatMap(\.calls).flatMap(\.references))
    let inPorts = Self.calls((model.inputs + model.outputs).map(\.value))
    for layer in model.layers {
      let count = layer.calls.count
      let nodes = inNodes[layer.name] ?? []
      let isOffset = layer.model != nil && Self.offset(of: nodes, count: count) == 1
      if version.countsCallsElsewhere, !isOffset, nodes.count == count,
        let last = nodes.max(), last >= count
      {
        nodeNumbers[layer.name] = Dictionary(
          uniqueKeysWithValues: nodes.sorted().enumerated().map { ($1, $0) })
      }
      guard layer.model != nil else { continue }
      let ports = inPorts[layer.name] ?? []
      if version.major < 3 {
        let offset = Self.offset(of: nodes.union(ports), count: count)
        nodeOffsets[layer.name] = offset
        portOffsets[layer.name] = offset
      } else {
        nodeOffsets[layer.name] = Self.offset(of: nodes, count: count)
        let isFunctional = layer.className != "Sequential"
        portOffsets[layer.name] = isFunctional && !ports.contains(0) ? 1 : 0
      }
    }
  }

  /// The model with every reference counted from 0.
  func normalized(_ model: SourceModel) -> SourceModel {
    var model = model
    for index in model.layers.indices {
      model.layers[index].calls = model.layers[index].calls.map { call in
        call.mapReferences { renumbered(Self.shifted($0, by: nodeOffsets)) }
      }
    }
    for index in model.inputs.indices {
      model.inputs[index].value = Self.shifted(model.inputs[index].value, by: portOffsets)
    }
    for index in model.outputs.indices {
      model.outputs[index].value = Self.shifted(model.outputs[index].value, by: portOffsets)
    }
    return model
  }

  private func renumbered(_ reference: ValueReference) -> ValueReference {
    var reference = reference
    reference.call = nodeNumbers[reference.layer]?[reference.call] ?? reference.call
    return reference
  }

  private static func calls(_ references: some Sequence<ValueReference>) -> [String: Set<Int>] {
    var calls: [String: Set<Int>] = [:]
    for reference in references { calls[reference.layer, default: []].insert(reference.call) }
    return calls
  }

  private static func offset(of calls: Set<Int>, count: Int) -> Int {
    !calls.contains(0) && calls.contains(count) ? 1 : 0
  }

  private static func shifted(
    _ reference: ValueReference, by offsets: [String: Int]
  ) -> ValueReference {
    var reference = reference
    // A file may name any number; what wraps around names no call either.
    reference.call &-= offsets[reference.layer] ?? 0
    return reference
  }
}

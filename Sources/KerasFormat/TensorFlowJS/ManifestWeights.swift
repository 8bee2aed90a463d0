import ModelFormat

/// A model's weights in one list, as TensorFlow.js keeps them: by their names, which begin with the
/// name of the layer, or with that of a layer in a nested model.
struct ManifestWeights: GroupedWeights {
  /// The weights in the file's order.
  let weights: [StoredWeight]

  func groups(of model: SourceModel) -> WeightGroups {
    let owners = owners(in: model)
    var groups: [String: [StoredWeight]] = [:]
    var strangers: [(name: String, weights: [StoredWeight])] = []
    for weight in weights {
      if let owner = weight.components.dropLast().lazy.compactMap({ owners[$0] }).first {
        groups[owner, default: []].append(weight)
        continue
      }
      let name = Self.withoutDirection(weight.components.dropLast().first ?? "")
      if strangers.last?.name != name { strangers.append((name, [])) }
      strangers[strangers.count - 1].weights.append(weight)
    }
    // What has the name of no layer belongs to those that have no weights yet, in order.
    let bare = model.layers.filter { layer in
      groups[layer.name] == nil
        && WeightLeaf.leaves(of: layer).contains { $0.slots?.isEmpty == false }
    }
    if bare.count == strangers.count {
      for (layer, stranger) in zip(bare, strangers) { groups[layer.name] = stranger.weights }
    }
    return WeightGroups(
      model.layers.map { ($0.name, groups[$0.name] ?? []) }, isOrdered: true)
  }

  /// The outermost layer that a name belongs to: its own, or that of a layer inside it.
  private func owners(in model: SourceModel) -> [String: String] {
    var owners = Dictionary(model.layers.map { ($0.name, $0.name) }) { first, _ in first }
    for layer in model.layers {
      for name in WeightLeaf.leaves(of: layer).flatMap(\.components) {
        owners[name] = owners[name] ?? layer.name
      }
    }
    return owners
  }

  /// A name without what TensorFlow.js puts before it in the layers that a `Bidirectional` runs.
  private static func withoutDirection(_ name: String) -> String {
    let direction = ["forward_", "backward_"].first(where: name.hasPrefix) ?? ""
    return String(name.dropFirst(direction.count))
  }
}

import HDF5
import ModelFormat
import Tensors

/// Gives every layer its weights.
struct WeightReader {
  /// The outermost model.
  let model: SourceModel
  /// The file's groups.
  let groups: WeightGroups
  /// Where problems and applied rules are told.
  let report: ImportReport

  /// Each layer's weights by the layer's name in the description, in Keras's order.
  func weights() -> [String: [NamedWeight]] {
    var weights: [String: [NamedWeight]] = [:]
    let positions = groupsByPosition()
    for layer in model.layers where layer.input == nil {
      let leaves = WeightLeaf.leaves(of: layer)
      let group = positions[layer.name] ?? layer.name
      do {
        let stored = groups.contains(group) ? try groups.weights(of: group) : nil
        // What an author kept beside the graph may never have been built.
        if layer.calls.isEmpty, stored?.isEmpty != false { continue }
        for (path, named) in assigned(stored, to: leaves, of: layer) { weights[path] = named }
      } catch {
        report.add(ModelProblem(error, layer: layer.name, className: layer.className))
      }
    }
    reportModelWeights()
    return weights
  }

  private func assigned(
    _ stored: [StoredWeight]?, to leaves: [WeightLeaf], of layer: SourceLayer
  ) -> [String: [NamedWeight]] {
    let weights = stored ?? []
    for owners in [leaves, leaves.withoutRepetitions] {
      let match = WeightMatch(
        leaves: owners, isTrainable: layer.isTrainable, stored: weights,
        isOrdered: groups.isOrdered)
      guard let (way, indices) = match.matched() else { continue }
      if leaves.count > 1, !weights.isEmpty {
        report.note(way == .byName ? .nestedWeightsByName : .nestedWeightsByOrder)
      }
      var assigned: [String: [NamedWeight]] = [:]
      for leaf in leaves {
        let owner =
          owners.firstIndex { $0.path == leaf.path } ?? owners.firstIndex { $0.isSame(as: leaf) }
        assigned[leaf.path] = owner.map { leaf.named(indices[$0].map { weights[$0] }) }
      }
      return assigned
    }
    reportMismatch(stored, leaves: leaves, of: layer)
    return [:]
  }

  /// Groups by the names of the layers that they are for, where the names do not tell.
  ///
  /// Keras matches groups by their position among those that have weights; the names of a file's
  /// layers and groups differ only where the two come from different files. Empty where every layer
  /// finds its group.
  private func groupsByPosition() -> [String: String] {
    let weighted = model.layers.filter { layer in
      WeightLeaf.leaves(of: layer).contains { $0.slots?.isEmpty == false }
    }
    if !groups.isNumbered, weighted.allSatisfy({ groups.contains($0.name) }) { return [:] }
    let filled = groups.names.filter { (try? groups.weights(of: $0))?.isEmpty == false }
    guard filled.count == weighted.count else { return [:] }
    report.note(.weightGroupsByPosition)
    return Dictionary(zip(weighted.map(\.name), filled)) { first, _ in first }
  }

  private func reportMismatch(
    _ stored: [StoredWeight]?, leaves: [WeightLeaf], of layer: SourceLayer
  ) {
    // Such weights are others than those of the class, which is reported already.
    if leaves.contains(where: { report.hasRefused(UncommonWeights.options, of: $0.path) }) {
      return
    }
    let expected = leaves.flatMap { leaf in
      (leaf.slots ?? []).filter { !$0.isOptional }.map {
        leaves.count == 1 ? $0.name : "\(leaf.path)/\($0.name)"
      }
    }
    let leaf = leaves.count == 1 ? leaves[0].path : layer.name
    let className = leaves.count == 1 ? leaves[0].className : layer.className
    guard let stored else {
      report.invalid(
        leaf, className, option: "weights",
        reason: "expected \(expected.summary), found no group \"\(layer.name)\" in the file")
      return
    }
    report.invalid(
      leaf, className, option: "weights",
      reason: "expected \(expected.summary), found \(stored.map(\.name).summary)")
  }

  /// Weights that belong to the model and to none of its layers.
  private func reportModelWeights() {
    let name = "top_level_model_weights"
    guard groups.contains(name), let weights = try? groups.weights(of: name), !weights.isEmpty
    else { return }
    report.unsupported(
      "", option: name, reason: "weights of the model itself: \(weights.map(\.name).summary)")
  }
}

/// A weight with its name within its layer.
struct NamedWeight {
  /// The name, as Keras 3 calls it.
  let name: String
  /// The elements.
  let tensor: Tensor
}

extension WeightLeaf {
  /// The layer's weights under their names: the slots', or for unknown classes as much of the
  /// stored names as tells them apart.
  fileprivate func named(_ stored: [StoredWeight]) -> [NamedWeight] {
    if let slots {
      return StoredForm.undone(
        zip(slots, stored).map { NamedWeight(name: $0.name, tensor: $1.tensor) }, config)
    }
    let longest = stored.map(\.components.count).max() ?? 1
    for count in 1...max(longest, 1) {
      let names = stored.map { $0.components.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count || count == longest {
        return zip(names, stored).map { NamedWeight(name: $0, tensor: $1.tensor) }
      }
    }
    return []
  }
}

extension [WeightLeaf] {
  /// The layers without those that repeat another one: a model that two models share is described
  /// in both, and stored once.
  fileprivate var withoutRepetitions: [WeightLeaf] {
    var kept: [WeightLeaf] = []
    for leaf in self where !kept.contains(where: { $0.isSame(as: leaf) }) { kept.append(leaf) }
    return kept
  }
}

extension WeightLeaf {
  /// Whether the other layer has the same name, class and options.
  func isSame(as other: WeightLeaf) -> Bool {
    components.last == other.components.last && className == other.className
      && config == other.config
  }
}

extension [String] {
  /// The number of names and the first of them, for messages.
  fileprivate var summary: String {
    if isEmpty { return "no weights" }
    let shown = prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
    let more = count > 12 ? " and \(count - 12) more" : ""
    return "\(count) weight\(count == 1 ? "" : "s") (\(shown)\(more))"
  }
}

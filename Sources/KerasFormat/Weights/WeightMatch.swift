/// Finds out which stored weight belongs where among the layers of one group.
struct WeightMatch {
  /// The layers that the group's weights belong to.
  let leaves: [WeightLeaf]
  /// Whether the layer that the group is for is trained.
  let isTrainable: Bool
  /// The group's weights in the file's order.
  let stored: [StoredWeight]
  /// Whether the order is Keras's own, trained weights first; or else it is the layers' order, and
  /// names count where it is not.
  var isOrdered = true

  /// How a match was found.
  enum Way {
    /// By the names under which the weights are stored.
    case byName
    /// By their order.
    case byOrder
  }

  /// Which stored weight goes where: for each leaf the indices of its weights in its own order.
  func matched() -> (way: Way, indices: [[Int]])? {
    if let indices = byName() { return (.byName, indices) }
    if let indices = byOrder() { return (.byOrder, indices) }
    return nil
  }

  /// The weights by their stored paths, which may lack models and repeat scopes: each weight goes
  /// to the layer that shares most of its path with it and has a weight of its name.
  ///
  /// Stale names (TensorFlow renames a scope that was taken) never exchange two layers: they only
  /// get longer, so some weight is left without a layer, and the match fails as a whole.
  private func byName() -> [[Int]]? {
    var indices = Array(repeating: [Int](), count: leaves.count)
    let scopes = leavesByComponent()
    for (index, weight) in stored.enumerated() {
      guard let leaf = owner(of: weight, scopes) ?? onlyUnknownLeaf else { return nil }
      indices[leaf].append(index)
    }
    for (leaf, description) in leaves.enumerated() {
      guard let slots = description.slots else { continue }
      let orders = WeightOrder.candidates([description], isTrainable: isOrdered)
      if let fitting = orders.first(where: { fits($0.map { slots[$0.slot] }, indices[leaf]) }) {
        indices[leaf] = reordered(indices[leaf], fitting)
      } else if !isOrdered || description.isNamed,
        let named = byOneName(slots, indices[leaf])
      {
        indices[leaf] = named
      } else {
        return nil
      }
    }
    return indices
  }

  /// The indices in the order of the slots, where each slot has the name of one weight; optional
  /// ones, which come last, are all there or none.
  private func byOneName(_ slots: [WeightSlot], _ indices: [Int]) -> [Int]? {
    let wanted = [slots, slots.filter { !$0.isOptional }].first { $0.count == indices.count }
    let named = (wanted ?? []).compactMap { slot in
      let fitting = indices.filter { stored[$0].mayBe(slot) }
      return fitting.count == 1 ? fitting[0] : nil
    }
    return named.count == wanted?.count && Set(named).count == named.count ? named : nil
  }

  /// The layer that shares most of its path with the weight, if there is one.
  private func owner(of weight: StoredWeight, _ scopes: [String: [Int]]) -> Int? {
    var scores: [Int: Int] = [:]
    for component in Set(weight.components.dropLast()) {
      for leaf in scopes[component] ?? [] where leaves[leaf].mayHave(weight) {
        scores[leaf, default: 0] += 1
      }
    }
    guard let best = scores.values.max() else {
      // Before Keras 3.3 weights had no path; those of one layer are told apart by their names.
      return leaves.count == 1 && weight.components.count == 1 && leaves[0].mayHave(weight)
        ? 0 : nil
    }
    let owners = scores.filter { $0.value == best }
    return owners.count == 1 ? owners.first?.key : nil
  }

  private func leavesByComponent() -> [String: [Int]] {
    var scopes: [String: [Int]] = [:]
    for (leaf, description) in leaves.enumerated() {
      for component in Set(description.components) { scopes[component, default: []].append(leaf) }
    }
    return scopes
  }

  /// The layer that takes what no other layer does: the only one whose class is not known.
  private var onlyUnknownLeaf: Int? {
    let unknown = leaves.indices.filter { leaves[$0].slots == nil }
    return unknown.count == 1 ? unknown[0] : nil
  }

  /// The weights by Keras's order, whose names must fit unless none of them says anything.
  private func byOrder() -> [[Int]]? {
    let orders = WeightOrder.candidates(leaves, isTrainable: isTrainable)
      .filter { $0.count == stored.count }
    let all = Array(stored.indices)
    let isTelling = stored.contains { weight in
      weight.hasKnownName || leaves.contains { $0.slots != nil && $0.mayHave(weight) }
    }
    let order = orders.first { order in
      !isTelling || fits(order.compactMap { leaves[$0.leaf].slots?[$0.slot] }, all)
    }
    guard let order else { return nil }
    return leaves.indices.map { leaf in
      zip(order, all).filter { $0.0.leaf == leaf }.sorted { $0.0.slot < $1.0.slot }.map(\.1)
    }
  }

  private func fits(_ slots: [WeightSlot], _ indices: [Int]) -> Bool {
    slots.count == indices.count && zip(slots, indices).allSatisfy { stored[$1].mayBe($0) }
  }

  /// The indices, which stand in the order of `places`, in the order of the slots.
  private func reordered(_ indices: [Int], _ places: [WeightPlace]) -> [Int] {
    zip(places, indices).sorted { $0.0.slot < $1.0.slot }.map(\.1)
  }
}

extension WeightLeaf {
  /// Whether the layer may have the weight, by the last part of its name.
  func mayHave(_ weight: StoredWeight) -> Bool {
    slots?.contains { weight.mayBe($0) } ?? true
  }
}

import Tensors

/// The weights of parts of layers as a file holds them.
struct PartTensors {
  private let stores: [String: WeightStore]
  private let lists: [String: [StoredWeight]]

  /// The weights of the given model.
  init(model: SourceModel, weights: KerasWeights, report: ImportReport) {
    switch weights.form {
    case .tree(let root):
      let tree = WeightTree(model: model, root: root, report: report)
      stores = Dictionary(
        tree.stores().compactMap { leaf, store in store.map { (leaf.path, $0) } }
      ) { first, _ in first }
      lists = [:]
    case .list(let root):
      stores = [:]
      let groups = try? WeightGroups(root)
      lists = Dictionary(
        (groups?.names ?? []).map { ($0, (try? groups?.weights(of: $0)) ?? []) }
      ) { first, _ in first }
    case .grouped:
      // Keras 2 and TensorFlow.js have no quantised layers.
      stores = [:]
      lists = [:]
    }
  }

  /// The weights of a layer's part, or of the layer itself, in the file's order.
  func tensors(of leaf: WeightLeaf, part: String) -> [Tensor] {
    guard let store = stores[leaf.path] else {
      let ending = [leaf.components.last ?? ""] + (part.isEmpty ? [] : [part])
      let group = lists.keys.filter { leaf.path == $0 || leaf.path.hasPrefix("\($0)/") }
        .max { $0.count < $1.count }
      return (group.flatMap { lists[$0] } ?? []).filter { weight in
        weight.components.dropLast().suffix(ending.count).elementsEqual(ending)
      }.map(\.tensor)
    }
    let vars = TreeLeaf(leaf, store).owner(of: part)?.vars
    let names = (vars?.names ?? []).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
    return names.compactMap { name in try? vars?.weight(anyOf: [name]) }
  }
}

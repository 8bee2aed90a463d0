import HDF5
import ModelFormat

/// One layer's part of the tree of Keras 3's weights.
struct TreeLeaf {
  private let leaf: WeightLeaf
  private let store: WeightStore

  init(_ leaf: WeightLeaf, _ store: WeightStore) {
    self.leaf = leaf
    self.store = store
  }

  /// The layer's weights in its own order; nil where the store has none though there should be.
  func weights() throws(HDF5Error) -> [NamedWeight]? {
    guard let slots = leaf.slots else { return try everything(in: store, under: "") }
    var weights: [NamedWeight] = []
    var counts: [String: Int] = [:]
    // A file of this form has the sum of what an optional weight is a part of.
    for slot in slots where !slot.isOptional {
      let part = slot.name.contains("/") ? slot.name.withoutLastComponent : ""
      let index = counts[part, default: 0]
      counts[part] = index + 1
      guard let vars = owner(of: part)?.vars,
        // A layer that stores its weights itself names them.
        let tensor = try vars.weight(anyOf: ["\(index)", slot.name.lastComponent])
      else {
        return nil
      }
      weights.append(NamedWeight(name: slot.name, tensor: tensor))
    }
    return StoredForm.undone(weights, leaf.config)
  }

  /// What belongs to the object that a layer knows as `part`, or to the layer itself.
  ///
  /// A recurrent layer's weights are its cell's.
  func owner(of part: String) -> WeightStore? {
    var (owner, config) = (store, leaf.config)
    for name in part.split(separator: "/").map(String.init) {
      let index = Int(name)
      let next = index.map { cell($0, of: owner, config) } ?? child(name, of: owner)
      guard let next else { return nil }
      owner = next
      let option = name == "forward_layer" ? "layer" : name
      let part = index.map { config["cells"]?.array?[$0] } ?? config[option]
      config = part?["config"]?.object ?? [:]
    }
    return owner.vars?.entries.isEmpty != false ? owner["cell"] ?? owner : owner
  }

  /// What belongs to a stacked cell, which is named by its class and its number among those of it.
  private func cell(
    _ index: Int, of owner: WeightStore, _ config: [String: JSONValue]
  ) -> WeightStore? {
    let classes = (config["cells"]?.array ?? []).map { $0["class_name"]?.string ?? "" }
    guard classes.indices.contains(index) else { return nil }
    let number = classes[..<index].count { $0 == classes[index] }
    let name = WeightTreeNames.snakeCase(classes[index]) + (number == 0 ? "" : "_\(number)")
    return owner["cells"]?[name]
  }

  private func child(_ name: String, of owner: WeightStore) -> WeightStore? {
    let base = name == "attention_output" ? "output" : name
    return [name, "\(base)_dense", "_\(base)_dense", "_\(name)"].lazy
      .compactMap { owner[$0] }.first
  }

  /// Every weight in a store by its place, for layers whose class is not known.
  private func everything(
    in store: WeightStore, under path: String
  ) throws(HDF5Error) -> [NamedWeight] {
    var weights: [NamedWeight] = []
    for name in store.names {
      switch store.entries[name] {
      case .store(let inner):
        weights += try everything(in: inner, under: name == "vars" ? path : joined(path, name))
      case .weight(let tensor):
        weights.append(NamedWeight(name: joined(path, name), tensor: tensor))
      case .unavailable(let error): throw error
      case nil: break
      }
    }
    return weights
  }
}

extension String {
  /// What stands before the last `/`.
  fileprivate var withoutLastComponent: String {
    lastIndex(of: "/").map { String(self[..<$0]) } ?? ""
  }
}

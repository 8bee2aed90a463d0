import HDF5
import ModelFormat
import Tensors

/// One layer's group in the tree of Keras 3's weights.
struct TreeLeaf {
  private let leaf: WeightLeaf
  private let group: HDF5Group

  init(_ leaf: WeightLeaf, _ group: HDF5Group) {
    self.leaf = leaf
    self.group = group
  }

  /// The layer's weights in its own order; nil where the group has none though there should be.
  func weights() throws(HDF5Error) -> [NamedWeight]? {
    guard let slots = leaf.slots else { return try everything(in: group, under: "") }
    var weights: [NamedWeight] = []
    var counts: [String: Int] = [:]
    for slot in slots {
      let part = slot.name.contains("/") ? slot.name.withoutLastComponent : ""
      let index = counts[part, default: 0]
      counts[part] = index + 1
      guard let owner = try owner(of: part), let vars = try? owner.group(at: "vars"),
        // A layer that stores its weights itself names them.
        let key = ["\(index)", slot.name.lastComponent].first(where: vars.contains)
      else {
        return nil
      }
      weights.append(
        NamedWeight(name: slot.name, tensor: try Tensor(viewing: try vars.dataset(at: key))))
    }
    return StoredForm.undone(weights, leaf.config)
  }

  /// The group of the object that a layer knows as `part`, or of the layer itself.
  ///
  /// A recurrent layer's weights are its cell's.
  private func owner(of part: String) throws(HDF5Error) -> HDF5Group? {
    var (owner, config) = (group, leaf.config)
    for name in part.split(separator: "/").map(String.init) {
      let next = Int(name).map { cell($0, of: owner, config) } ?? child(name, of: owner)
      guard let next else { return nil }
      owner = next
      config = (config[name == "forward_layer" ? "layer" : name]?["config"]?.object) ?? [:]
    }
    let vars = try? owner.group(at: "vars")
    if vars?.entries.isEmpty != false, owner.contains("cell") { return try owner.group(at: "cell") }
    return owner
  }

  /// The group of a stacked cell, which is named by its class and its number among those of it.
  private func cell(
    _ index: Int, of owner: HDF5Group, _ config: [String: JSONValue]
  ) -> HDF5Group? {
    let classes = (config["cells"]?.array ?? []).map { $0["class_name"]?.string ?? "" }
    guard classes.indices.contains(index) else { return nil }
    let number = classes[..<index].count { $0 == classes[index] }
    let name = WeightTreeNames.snakeCase(classes[index]) + (number == 0 ? "" : "_\(number)")
    return try? owner.group(at: "cells").group(at: name)
  }

  private func child(_ name: String, of owner: HDF5Group) -> HDF5Group? {
    let base = name == "attention_output" ? "output" : name
    return [name, "\(base)_dense", "_\(base)_dense", "_\(name)"].lazy
      .compactMap { try? owner.group(at: $0) }.first
  }

  /// Every weight below a group by its place, for layers whose class is not known.
  private func everything(
    in group: HDF5Group, under path: String
  ) throws(HDF5Error) -> [NamedWeight] {
    var weights: [NamedWeight] = []
    for name in group.names {
      switch group.entries[name] {
      case .group(let inner):
        weights += try everything(in: inner, under: name == "vars" ? path : joined(path, name))
      case .dataset(let dataset):
        weights.append(
          NamedWeight(name: joined(path, name), tensor: try Tensor(viewing: dataset)))
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

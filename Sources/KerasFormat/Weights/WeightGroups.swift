import HDF5
import ModelFormat
import Tensors

/// The groups of weights in a file: one for each layer of the outermost model, in Keras's order.
struct WeightGroups {
  /// The names of the groups in the file's order.
  let names: [String]
  /// Whether groups and weights have numbers for names, as up to Keras 0.3.
  let isNumbered: Bool
  private let source: Source

  /// Where the weights are.
  private enum Source {
    case file(HDF5Group)
    case memory([String: [StoredWeight]])
  }

  /// Whether weights stand in Keras's order, trained ones first.
  let isOrdered: Bool

  /// Groups whose weights are read already.
  init(_ groups: [(name: String, weights: [StoredWeight])], isOrdered: Bool) {
    self.isOrdered = isOrdered
    names = groups.map(\.name)
    isNumbered = false
    source = .memory(Dictionary(groups.map { ($0.name, $0.weights) }) { first, _ in first })
  }

  /// The groups under `root`, which is `model_weights` or the root of a file of weights alone.
  init(_ root: HDF5Group) throws(HDF5Error) {
    isOrdered = true
    source = .file(root)
    isNumbered = root.attributes["nb_layers"] != nil
    names =
      isNumbered
      ? try Self.numbered("layer_", "nb_layers", in: root)
      : try root.attributes.splitStrings("layer_names")
  }

  /// Whether the file has a group of that name.
  func contains(_ name: String) -> Bool {
    switch source {
    case .file(let root): root.contains(name)
    case .memory(let groups): groups[name] != nil
    }
  }

  /// The weights of a group in the file's order.
  func weights(of name: String) throws(HDF5Error) -> [StoredWeight] {
    switch source {
    case .file(let root): try weights(of: name, in: root)
    case .memory(let groups): groups[name] ?? []
    }
  }

  private func weights(
    of name: String, in root: HDF5Group
  ) throws(HDF5Error) -> [StoredWeight] {
    let group = try root.group(at: name)
    let names =
      isNumbered
      ? try Self.numbered("param_", "nb_params", in: group)
      : try group.attributes.splitStrings("weight_names")
    var weights: [StoredWeight] = []
    for name in names {
      let tensor = try Tensor(viewing: try group.dataset(at: name))
      weights.append(StoredWeight(name: name, tensor: tensor))
    }
    return weights
  }

  /// As many names as an attribute of the group says, of which the group must have every one.
  private static func numbered(
    _ prefix: String, _ attribute: String, in group: HDF5Group
  ) throws(HDF5Error) -> [String] {
    let count = try group.attributes.integer(attribute)
    var names: [String] = []
    while names.count < count {
      let name = "\(prefix)\(names.count)"
      _ = try group.entry(at: name)
      names.append(name)
    }
    return names
  }
}

extension HDF5Attributes {
  /// A list of strings, which Keras splits into `name0`, `name1`, … where it is long.
  fileprivate func splitStrings(_ name: String) throws(HDF5Error) -> [String] {
    if self[name] != nil || self[name + "0"] == nil { return try strings(name) }
    var all: [String] = []
    var part = 0
    while self["\(name)\(part)"] != nil {
      all += try strings("\(name)\(part)")
      part += 1
    }
    return all
  }
}

extension HDF5Group {
  /// Whether the group lists a model's layers, as Keras's older forms of weights do.
  var listsLayers: Bool {
    ["layer_names", "layer_names0", "nb_layers"].contains { attributes[$0] != nil }
  }
}

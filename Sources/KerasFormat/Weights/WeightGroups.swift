import HDF5
import ModelFormat
import Tensors

/// The groups of weights in a file: one for each layer of the outermost model, in Keras's order.
struct WeightGroups {
  /// The names of the groups in the file's order.
  let names: [String]
  private let root: HDF5Group

  /// The groups under `root`, which is `model_weights` or the root of a file of weights alone.
  init(_ root: HDF5Group) throws(HDF5Error) {
    self.root = root
    names = try root.attributes.splitStrings("layer_names")
  }

  /// Whether the file has a group of that name.
  func contains(_ name: String) -> Bool { root.contains(name) }

  /// The weights of a group in the file's order.
  func weights(of name: String) throws(HDF5Error) -> [StoredWeight] {
    let group = try root.group(at: name)
    var weights: [StoredWeight] = []
    for name in try group.attributes.splitStrings("weight_names") {
      let tensor = try Tensor(viewing: try group.dataset(at: name))
      weights.append(StoredWeight(name: name, tensor: tensor))
    }
    return weights
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

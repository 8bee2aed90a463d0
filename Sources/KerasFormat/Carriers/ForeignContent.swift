import HDF5

/// What people take for a model's file and its format cannot tell, and what to do with it.
enum ForeignContent {
  private static let taken = "a configuration, which to_json gives, takes them with \"--weights\""
  private static let weightsAlone = "weights alone; " + taken

  /// What an HDF5 file is that has no model's configuration.
  static func description(of root: HDF5Group) -> String {
    if root.listsLayers || WeightTree.isTree(root) || root.contains("model_weights") {
      return weightsAlone
    }
    if root.contains("optimizer_weights") { return "an optimizer's state alone" }
    let shown = root.names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
    return root.names.isEmpty ? "none" : "none; the file holds \(shown)"
  }

  /// What an archive is that holds files of the given names, and no model's configuration.
  static func description(ofArchive names: [String]) -> String {
    func ending(in ends: String...) -> String? {
      names.first { name in ends.contains(where: name.hasSuffix) }
    }
    if let name = ending(in: "/config.json") {
      return "\"\(name)\"; the archive's files must not be in a folder"
    }
    if ending(in: "data.pkl") != nil { return "a PyTorch model, not one of Keras's" }
    if ending(in: "saved_model.pb") != nil {
      return "a TensorFlow SavedModel; unpack it first"
    }
    if !names.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) {
      return "NumPy's arrays; if they are weights, " + taken
    }
    if names.contains("model.weights.h5") { return weightsAlone }
    if let name = ending(in: ".h5", ".hdf5", ".keras") { return "\"\(name)\"; unpack it first" }
    let shown = names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.isEmpty ? "no file" : shown
  }
}

import ModelFormat

/// The present names of Keras's classes.
enum ClassNames {
  /// Names that TensorFlow gave to versions of one class, and those of the parts of a FeatureSpace.
  private static let present = [
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
    "UnifiedLSTM": "LSTM",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "UnifiedGRU": "GRU",
    "GroupedQueryAttention": "GroupQueryAttention",
    "Functional": "Functional",
    "Model": "Functional",
    "TFDConcat": "Concatenate",
    "TFDIdentity": "Identity",
    // The package `efficientnet` puts it into every model, also those that are built on them: a
    // Dropout that takes None for a size of its noise.
    "FixedDropout": "Dropout",
    // Keras 2 registers a layer of its own under the package that others get, too.
    "Custom>CustomScaleLayer": "CustomScaleLayer",
  ]

  /// Whether an entry is of a class that a package has and that is known to compute as Keras's.
  static func isOfPackage(_ entry: JSONValue) -> Bool { name(of: entry) == "FixedDropout" }

  /// The name of the class that an entry of a configuration is of: `{"class_name", "config"}`.
  ///
  /// Where Keras 3 also names the class's module, a class registered by somebody else goes by its
  /// own name there, which may be one of Keras's.
  static func name(of entry: JSONValue) -> String? {
    let registered = entry["registered_name"]?.string
    return registered?.contains(">") == true ? registered : entry["class_name"]?.string
  }

  /// The present name of the class that a file calls `name`.
  ///
  /// A class that was registered under a package keeps the package's name before it
  /// (`Custom>Dense`), because it is another class than Keras's of that name; only Keras's own
  /// packages are dropped.
  static func present(_ name: String) -> String {
    var name = name
    if let mark = name.lastIndex(of: ">"), isKeras(name[..<mark]) {
      name = String(name[name.index(after: mark)...])
    }
    return present[name] ?? name
  }

  /// The present name of the class that a file of some version of Keras calls `name`.
  ///
  /// Before Keras 3.8 `RandomCrop` does something when a model predicts.
  static func present(_ name: String, in version: KerasVersion) -> String {
    let name = present(name)
    return name == "RandomCrop" && version.randomCrop != .nothing ? "Resizing" : name
  }

  /// The name of a class as Python knows it: without the package that it is registered under.
  static func withoutPackage(_ name: String) -> String {
    name.lastIndex(of: ">").map { String(name[name.index(after: $0)...]) } ?? name
  }

  private static func isKeras(_ package: some StringProtocol) -> Bool {
    let first = package.split(separator: ".").first.map { $0.lowercased() }
    return first == "keras" || first == "tf_keras" || first == "experimental"
  }
}

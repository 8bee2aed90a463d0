import ModelFormat

/// The rules of layers that prepare what a model reads.
extension ConfigRule {
  /// What `RandomCrop` does when a model predicts, in the words of `Resizing`.
  static let randomCrop = ConfigRule { config, normalizer in
    for key in ["rng_type", "seed"] { config[key] = nil }
    switch normalizer.version.randomCrop {
    case .resizes: config["crop_to_aspect_ratio"] = .bool(true)
    case .crops: config["cuts_from_aspect_ratio"] = .bool(true)
    case .nothing: return
    }
  }

  /// Keras 2 stores what it has counted where it learned the boundaries.
  static let learnedBoundaries = ConfigRule { config, normalizer in
    guard normalizer.version.major < 3, config["bin_boundaries"] ?? .null == .null else { return }
    config["bin_boundaries"] = nil
    config = StoredForm.adding(StoredForm.quantileSummary, to: config)
    normalizer.report.note(.weightsConverted(StoredForm.quantileSummary))
  }

  /// `one_hot` before Keras 3.4, which kept an axis of size 1 before that of the classes.
  static let axisBeforeClasses = ConfigRule { config, normalizer in
    guard normalizer.version.keepsAxisBeforeClasses, config["output_mode"] == .string("one_hot")
    else { return }
    config["keeps_last_axis"] = .bool(true)
  }

  /// Keras 2 stores as a weight what its lookup layers were given as an option.
  static let spareFactors = ConfigRule { config, normalizer in
    guard normalizer.version.major < 3, config["output_mode"] == .string("tf_idf"),
      config["idf_weights"] ?? .null != .null
    else { return }
    config = StoredForm.adding(StoredForm.spareFactors, to: config)
  }
}

/// What layers of preprocessing do that only the file's version tells.
enum PreprocessingVersions {
  /// The option of a layer that cannot be read, and why; nil where the version is known well enough.
  static func refusal(
    of config: [String: JSONValue], className: String, version: KerasVersion
  ) -> (option: String, reason: String)? {
    // Words tell 3.4 to 3.8 from others, and not from each other.
    guard version.isInferred, (version.major, version.minor) == (3, 8), className == "RandomCrop"
    else { return nil }
    return (
      "keras_version",
      "it resizes before Keras 3.6, cuts before 3.8 and does nothing since, and the file does not "
        + "name the version"
    )
  }
}

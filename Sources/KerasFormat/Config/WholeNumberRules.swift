import ModelFormat

/// The rules of layers that do with whole numbers as their version does.
extension ConfigRule {
  /// Keras 2's way with whole numbers, of which it makes floating-point numbers.
  static let computesInFloat = ConfigRule { config, normalizer in
    if normalizer.version.major < 3 { config["computes_in_float"] = .bool(true) }
  }

  /// What becomes, in some versions, of the outputs of a layer that computes in floating point where
  /// it is given whole numbers: `whole_numbers`.
  static func wholeNumbers(
    _ fit: String, from first: (Int, Int) = (1, 0), before end: (Int, Int) = (4, 0)
  ) -> ConfigRule {
    ConfigRule { config, normalizer in
      let version = (normalizer.version.major, normalizer.version.minor)
      if version >= first, version < end { config["whole_numbers"] = .string(fit) }
    }
  }

  /// The same of whole numbers between which a layer interpolates.
  static let interpolatedWholeNumbers = ConfigRule { config, normalizer in
    let interpolation = config["interpolation"]?.string ?? "nearest"
    guard interpolation != "nearest" else { return }
    for rule in [wholeNumbers("truncated", from: (3, 0)), wholeNumbers("rounded", from: (3, 6))] {
      rule.apply(&config, normalizer)
    }
  }
}

import ModelFormat

/// The rules of layers that do with whole numbers as their version does.
extension ConfigRule {
  /// Keras 2's way with whole numbers, of which it makes floating-point numbers.
  static let computesInFloat = ConfigRule { config, normalizer in
    if normalizer.version.major < 3 { config["computes_in_float"] = .bool(true) }
  }

  /// Keras 2's way with whole numbers that it normalises, which become floating-point numbers.
  static let givesFloats = ConfigRule { config, normalizer in
    if normalizer.version.major < 3 { config["gives_floats"] = .bool(true) }
  }

  /// Keras 2's way with the mean of whole numbers, which is one.
  static let keepsType = ConfigRule { config, normalizer in
    if normalizer.version.major < 3 { config["keeps_type"] = .bool(true) }
  }

  /// Keras 3's way with whole numbers between which it interpolates.
  static let roundsWholeNumbers = ConfigRule { config, normalizer in
    let interpolation = config["interpolation"]?.string ?? "nearest"
    guard normalizer.version.major >= 3, interpolation != "nearest" else { return }
    config["rounds_whole_numbers"] = .bool(true)
  }
}

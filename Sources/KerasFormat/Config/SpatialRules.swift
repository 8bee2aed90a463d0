import ModelFormat

extension ConfigRule {
  /// `groups`, which transposed convolutions inherit in some versions and never honour.
  static let ungrouped = ConfigRule { config, _ in
    if config["groups"] == .int(1) { config["groups"] = nil }
  }

  /// `interpolation`, whose `bilinear` differed before Keras became a part of TensorFlow: it put
  /// the corners of the first pixels on each other instead of their centres.
  static let interpolation = ConfigRule { config, normalizer in
    guard normalizer.version.isMultiBackend, config["interpolation"] == .string("bilinear") else {
      return
    }
    config["interpolation"] = .string("bilinear_keras2")
    normalizer.report.note(.keras2Bilinear)
  }

  /// The kernels of the back end whose convolutions turn them round.
  static let flippedKernels = ConfigRule { config, normalizer in
    guard normalizer.version.flipsKernels else { return }
    ConfigRule.stored("flipped").apply(&config, normalizer)
  }
}

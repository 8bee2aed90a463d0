import ModelFormat

extension ConfigRule {
  /// `groups`, which transposed convolutions inherit in some versions and never honour.
  static let ungrouped = ConfigRule { config, _ in
    if config["groups"] == .int(1) { config["groups"] = nil }
  }

  /// `clamps_padding`: TensorFlow leaves three axes behind the channels to XLA, whose windows of
  /// `same` never begin inside the input.
  static let clampedPadding = ConfigRule { config, _ in
    if config["data_format"] == .string("channels_first") {
      config["clamps_padding"] = .bool(true)
    }
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

  /// `kernel_format`, by which a kernel's numbers stand that are of one place each: the only weights
  /// that are stored as the data stands.
  static let kernelFormat = ConfigRule { config, _ in
    if config["data_format"] == .string("channels_first") {
      config["kernel_format"] = config["data_format"]
    }
  }

  /// The kernels of the back end whose convolutions turn them round.
  static let flippedKernels = ConfigRule { config, normalizer in
    guard normalizer.version.isTheano else { return }
    ConfigRule.stored("flipped").apply(&config, normalizer)
  }

  /// `padding`, whose `same` lies elsewhere on Theano: it is `there`.
  static func sameOnTheano(_ there: String) -> ConfigRule {
    ConfigRule { config, normalizer in
      guard normalizer.version.isTheano, config["padding"] == .string("same") else { return }
      config["padding"] = .string(there)
      normalizer.report.note(.paddedByTheano)
    }
  }

  /// The padding of a ConvLSTM's product with its state, which is `same` always.
  static let recurrentPadding = ConfigRule { config, normalizer in
    guard normalizer.version.isTheano else { return }
    config["recurrent_padding"] = .string("same_theano")
    normalizer.report.note(.paddedByTheano)
  }
}

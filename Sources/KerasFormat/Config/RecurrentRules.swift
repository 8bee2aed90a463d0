import ModelFormat

extension ConfigRule {
  /// `reset_after`, which Keras 2.0 does not know: its GRU resets before the product.
  static let resetAfter = ConfigRule { config, normalizer in
    guard config["reset_after"] == nil else { return }
    config["reset_after"] = .bool(normalizer.version.major >= 3)
    if normalizer.version.major < 3 { normalizer.report.note(.resetAfterAbsent) }
  }

  /// `recurrent_activation`, whose default was `hard_sigmoid` before Keras 3.
  static let recurrentActivation = ConfigRule { config, normalizer in
    guard config["recurrent_activation"] == nil else { return }
    let isKeras2 = normalizer.version.major < 3
    config["recurrent_activation"] = .string(isKeras2 ? "hard_sigmoid" : "sigmoid")
    if isKeras2 { normalizer.report.note(.recurrentActivationAbsent) }
  }

  /// `adds_bias_first`, the order of an LSTM's sums in `implementation` 1, which policies of 16 bits
  /// can tell.
  ///
  /// Layers with a `recurrent_dropout` are of implementation 1, whatever they say. Keras 2 has the
  /// other order for layers that cuDNN could compute.
  static func orderOfBias(hasFastPath: Bool) -> ConfigRule {
    ConfigRule { config, normalizer in
      let drops = (config["recurrent_dropout"]?.double ?? 0) != 0
      guard normalizer.version.major >= 2, drops || config["implementation"] == .int(1) else {
        return
      }
      let isFast =
        hasFastPath && normalizer.version.major == 2 && !drops
        && config["activation"] == .string("tanh")
        && config["recurrent_activation"] == .string("sigmoid")
        && config["use_bias"] != .bool(false) && config["unroll"] != .bool(true)
      if !isFast { config["adds_bias_first"] = .bool(true) }
    }
  }

  /// `backward_layer`, which is the layer's mirror image where the file has none.
  static let backwardLayer = ConfigRule { config, normalizer in
    guard config["backward_layer"] ?? .null == .null else { return }
    // There is no Bidirectional in another one, and mirror images would double with each.
    guard var mirrored = config["layer"]?.object, var options = mirrored["config"]?.object,
      ClassNames.name(of: .object(mirrored)) != "Bidirectional"
    else { return }
    options["go_backwards"] = .bool(options["go_backwards"]?.bool != true)
    mirrored["config"] = .object(options)
    config["backward_layer"] = .object(mirrored)
    normalizer.report.note(.backwardLayerMirrored)
  }

  /// `zero_output_for_mask`, which a `Bidirectional` forces on its layers since Keras became a part
  /// of TensorFlow; before Keras 3, those that convolve take no notice.
  static let maskedOutput = ConfigRule { config, normalizer in
    let inner = config["layer"].flatMap(ClassNames.name(of:)) ?? ""
    let isDeaf = normalizer.version.major < 3 && inner.hasPrefix("ConvLSTM")
    guard normalizer.version.isMultiBackend || isDeaf else { return }
    config["zero_output_for_mask"] = .bool(false)
  }

  /// What cuDNN's layers always do, and say nothing of.
  static let cuDNN = ConfigRule { config, _ in
    config["activation"] = .string("tanh")
    config["recurrent_activation"] = .string("sigmoid")
  }
}

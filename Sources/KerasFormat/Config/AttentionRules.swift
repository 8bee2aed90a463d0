import ModelFormat

extension ConfigRule {
  /// `adds_mask` and `keeps_masked`, options of the canonical dialect alone.
  ///
  /// Keras 2, and 3 before 3.10, add -1e9 to the scores that a mask leaves out, or Keras 2 puts it
  /// in their place where it is told to; later versions take them out. They differ for a query that
  /// may look at no key.
  static let addedMask = ConfigRule { config, normalizer in
    let names = ["softmax_robust_masking", "robust_masking"]
    let isRobust = names.contains { config.removeValue(forKey: $0)?.bool == true }
    if normalizer.version.major < 3 {
      config[isRobust ? "keeps_masked" : "adds_mask"] = .bool(true)
    } else if normalizer.version.addsMasksToScores {
      config["adds_mask"] = .bool(true)
    }
  }

  /// `keeps_scores`, an option of the canonical dialect alone: in double precision the scores of a
  /// query that may look at no key are the same after -1e9 was added to all.
  static let scoresInDouble = ConfigRule { config, _ in
    guard let policy = config["dtype"], DTypePolicy.computeType(policy) == "float64" else { return }
    config["keeps_scores"] = .bool(true)
  }

  /// `bias_fits_lines`: where the projections' biases have one axis that is not the last, which Keras
  /// takes for others if their length fits.
  static let biasOfHeads = ConfigRule { config, normalizer in
    let sizes = ["key_dim", "value_dim", "head_dim"].map { config[$0] }
    guard normalizer.version.takesAddendsForBiases,
      (sizes + [config["output_shape"]?.array?.last]).contains(.int(1))
    else { return }
    config["bias_fits_lines"] = .bool(true)
  }

  /// `counts_heads`, an option of the canonical dialect alone: Keras 2 counts axes from the end of
  /// what is projected, which has one for the heads.
  static let attentionAxes = ConfigRule { config, normalizer in
    let axes = config["attention_axes"]
    let isNegative = (axes?.array ?? [axes ?? .null]).contains { ($0.int ?? 0) < 0 }
    if normalizer.version.major < 3, isNegative { config["counts_heads"] = .bool(true) }
  }
}

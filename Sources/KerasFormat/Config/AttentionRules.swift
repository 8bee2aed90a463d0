import ModelFormat

extension ConfigRule {
  /// `adds_mask`, an option of the canonical dialect alone.
  ///
  /// Keras 2 adds -1e9 to the scores that a mask leaves out, where Keras 3 takes them out. The two
  /// differ for a query that may look at no key.
  static let addedMask = ConfigRule { config, normalizer in
    let names = ["softmax_robust_masking", "robust_masking"]
    let isRobust = names.contains { config.removeValue(forKey: $0)?.bool == true }
    if normalizer.version.major < 3, !isRobust { config["adds_mask"] = .bool(true) }
  }
}

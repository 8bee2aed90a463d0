extension StoredForm {
  /// The forms of layers that normalise.
  static let normalizationForms: [String: StoredForm] = [
    // Keras 1 keeps moving statistics for every mode of its BatchNormalization.
    "unused_statistics": StoredForm { weights in
      weights.filter { !$0.name.hasPrefix("moving_") }
    }
  ]
}

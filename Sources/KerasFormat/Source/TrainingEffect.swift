import ModelFormat

/// What a layer computes where its call says `training=True`, whatever the model is used for.
enum TrainingEffect: Sendable {
  /// What it computes at inference.
  case none
  /// What its batch's own statistics say.
  case batchStatistics
  /// Something else, by chance, or what is not known.
  case other

  /// The effect on a layer.
  ///
  /// - Parameters:
  ///   - className: The class by its present name.
  ///   - fileClassName: The class by the name that the file gives it, without a package's.
  ///   - options: The options as the file has them.
  ///   - version: The version of Keras that wrote the file.
  init(
    className: String, fileClassName: String, options: [String: JSONValue], version: KerasVersion
  ) {
    if className == "BatchNormalization" {
      // Before TensorFlow's Keras 2, layers that were frozen went on with their batch's statistics.
      let isFrozen =
        options["trainable"] == .bool(false) && !version.isMultiBackend
        && fileClassName != "BatchNormalizationV1"
      self = isFrozen ? .none : options["renorm"]?.bool == true ? .other : .batchStatistics
    } else if let rate = Self.rates[className] {
      self = options[rate]?.double == 0 ? .none : .other
    } else if Self.withDropout.contains(className) {
      let rates = ["dropout", "recurrent_dropout"].compactMap { options[$0] }
      self = rates.allSatisfy { $0.double == 0 } ? .none : .other
    } else if let parts = Self.parts[className] {
      let inner = parts.flatMap { options[$0].map { $0.array ?? [$0] } ?? [] }
      let effects = inner.map { Self(entry: $0, version: version) }
      self = !inner.isEmpty && effects.allSatisfy { $0 == .none } ? .none : .other
    } else {
      // Keras 2's RandomCrop is read as Resizing.
      self =
        Self.unconcerned.contains(className) && fileClassName != "RandomCrop" ? .none : .other
    }
  }

  /// The effect on a layer within another one's options.
  private init(entry: JSONValue, version: KerasVersion) {
    guard !entry.isNull else {
      self = .none
      return
    }
    let name = ClassNames.name(of: entry) ?? ""
    self.init(
      className: AuthorsClasses.told(
        ClassNames.present(name, in: version), entry: entry, version: version),
      fileClassName: ClassNames.withoutPackage(name), options: entry["config"]?.object ?? [:],
      version: version)
  }

  /// The option of which zero leaves nothing to chance.
  private static let rates = [
    "AlphaDropout": "rate", "Dropout": "rate", "GaussianDropout": "rate",
    "GaussianNoise": "stddev", "SpatialDropout1D": "rate", "SpatialDropout2D": "rate",
    "SpatialDropout3D": "rate", "StochasticDepth": "drop_path_rate",
  ]

  /// Classes that may drop numbers of their own.
  private static let withDropout: Set = [
    "AdditiveAttention", "Attention", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "GRUCell",
    "GroupQueryAttention", "LSTM", "LSTMCell", "MultiHeadAttention", "SimpleRNN", "SimpleRNNCell",
  ]

  /// The options that hold the layers which a wrapper hands the argument on to.
  private static let parts = [
    "Bidirectional": ["layer", "backward_layer"], "RNN": ["cell"], "StackedRNNCells": ["cells"],
  ]

  /// Classes that some version of Keras lets be called in training without a difference.
  private static let unconcerned: Set = [
    "Activation", "ActivityRegularization", "AutoContrast", "CenterCrop",
    "ContrastLimitedAdaptiveHistogramEqualization", "Dense", "Embedding", "Equalization",
    "GroupNormalization", "Identity", "LayerNormalization", "RMSNormalization", "Resizing",
    "UnitNormalization",
  ]
}

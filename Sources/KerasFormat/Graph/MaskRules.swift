import ModelFormat

/// What a class does with the mask that its input carries.
enum MaskRule {
  /// Hands the first input's mask on.
  case passes
  /// Hands it on in Keras 3 alone.
  case passesSinceKeras3
  /// Computes otherwise under a mask, then hands it on.
  case readsAndPasses
  /// As above in Keras 2; hands it on, unread, in Keras 3.
  case readsBeforeKeras3
  /// Computes otherwise under a mask, which ends here.
  case reads
  /// Computes otherwise under a mask; a sequence as output carries it on.
  case recurrent
  /// Makes a mask.
  case makes
  /// Makes a mask where `mask_zero` is set.
  case makesWhereMaskZero
  /// Merges its inputs' masks: one where all have one (since Keras 3.4), or where any has one.
  case merges
  /// Has a mask where any input has one.
  case concatenates

  /// The rule of a class; nil for those whose output carries no mask.
  ///
  /// Keras: `supports_masking` and `compute_mask` of each class.
  static func of(_ className: String) -> MaskRule? { table[className] }

  /// The rule of a layer: functions of TensorFlow end every mask, whatever they are read as.
  static func of(_ layer: SourceLayer) -> MaskRule? {
    layer.fileClassName == "TFOpLambda" ? nil : of(layer.className)
  }

  private static let table: [String: MaskRule] = [
    "Activation": .passes,
    "ActivityRegularization": .passes,
    "Add": .merges,
    "AdditiveAttention": .readsAndPasses,
    "AlphaDropout": .passes,
    "Attention": .readsAndPasses,
    "Average": .merges,
    "BatchNormalization": .passes,
    "Bidirectional": .recurrent,
    "Concatenate": .concatenates,
    "ConvLSTM1D": .recurrent,
    "ConvLSTM2D": .recurrent,
    "ConvLSTM3D": .recurrent,
    "Dense": .passes,
    "Dropout": .passes,
    "ELU": .passes,
    "Embedding": .makesWhereMaskZero,
    "FeatureNormalization": .passes,
    "GRU": .recurrent,
    "GaussianDropout": .passes,
    "GaussianNoise": .passes,
    "GlobalAveragePooling1D": .reads,
    "GroupNormalization": .readsBeforeKeras3,
    "GroupQueryAttention": .readsAndPasses,
    "Identity": .passesSinceKeras3,
    "LSTM": .recurrent,
    "Lambda": .readsAndPasses,
    "LayerNormalization": .passes,
    "LeakyReLU": .passes,
    "Masking": .makes,
    "Maximum": .merges,
    "Minimum": .merges,
    "MultiHeadAttention": .readsAndPasses,
    "Multiply": .merges,
    "Normalization": .passesSinceKeras3,
    "PReLU": .passes,
    "ParametricSoftplus": .passes,
    "RNN": .recurrent,
    "ReLU": .passes,
    "Rescaling": .passesSinceKeras3,
    "ReversibleEmbedding": .makesWhereMaskZero,
    "SReLU": .passes,
    "SampleNormalization": .passes,
    "SimpleRNN": .recurrent,
    "Softmax": .readsAndPasses,
    "SpatialDropout1D": .passes,
    "SpatialDropout2D": .passes,
    "SpatialDropout3D": .passes,
    "Subtract": .merges,
    "ThresholdedReLU": .passes,
    "UnitNormalization": .passes,
  ]
}

extension MaskRule {
  /// Whether the class may compute otherwise under a mask.
  var reads: Bool {
    switch self {
    case .readsAndPasses, .readsBeforeKeras3, .reads, .recurrent: true
    default: false
    }
  }
}

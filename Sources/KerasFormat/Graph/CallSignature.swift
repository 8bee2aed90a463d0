/// The parameters of a layer's `call`, in Keras 3's order.
struct CallSignature: Sendable {
  /// The tensors that the canonical dialect passes by position, however the file passes them.
  let tensors: [String]
  /// What follows: masks, flags.
  let others: [String]
  /// What the class takes and never looks at.
  var unread: Set<String> = []
  /// Whether a `null` says more than that the argument is left out: where arguments are operands.
  var keepsNulls = false

  private init(_ tensors: [String], _ others: [String] = [], unread: Set<String> = []) {
    self.tensors = tensors
    self.others = others
    self.unread = unread
  }

  /// The name of the parameter at a position, or nil beyond the known ones.
  func name(at position: Int) -> String? {
    let names = tensors + others
    return position < names.count ? names[position] : nil
  }

  /// Whether an argument of the given name is a tensor, whose place in a file a list of numbers may
  /// take.
  func takesTensor(as name: String) -> Bool {
    tensors.contains(name) || name == "mask"
      || name.hasSuffix("_mask") && others.contains(name)
        && !name.hasPrefix("use_")
  }

  /// The signature of a class in some version of Keras.
  static func of(_ className: String, in version: KerasVersion) -> CallSignature {
    if className.hasPrefix("ops.") || foreign.contains(className) {
      var signature = CallSignature(operations[className] ?? [])
      signature.keepsNulls = true
      return signature
    }
    if isAugmentation(className) {
      return version.major < 3 ? CallSignature(["inputs"], ["training"]) : augmentation
    }
    if className == "MultiHeadAttention", !version.attentionTakesMasks {
      return CallSignature(headedTensors, headedOthers)
    }
    return table[className] ?? CallSignature(["inputs"])
  }

  /// Keras 2's operation layers, whose parameters are those of the function they call.
  private static let foreign: Set = [
    "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod",
    "InstanceProperty",
  ]

  /// The parameters of operations that Keras passes some of by name.
  private static let operations: [String: [String]] = [
    "ops.Average": ["x", "weights"],
    "ops.BatchNorm": ["x", "mean", "variance", "offset", "scale"],
    "ops.DotProductAttention": ["query", "key", "value", "bias", "mask", "scale"],
    "ops.LayerNorm": ["x", "gamma", "beta"],
    "ops.RMSNorm": ["x", "scale"],
  ]

  private static let attention = CallSignature(
    ["inputs"], ["mask", "training", "return_attention_scores", "use_causal_mask"])
  /// Keras 3 notes their default, `training=True`, and replaces it when a model predicts.
  private static let augmentation = CallSignature(["data"], ["training"], unread: ["training"])

  private static func isAugmentation(_ className: String) -> Bool {
    className.hasPrefix("Random") && className != "RandomFourierFeatures"
      || [
        "AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization",
        "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp", "RandAugment", "Resizing",
        "Solarization",
      ].contains(className)
  }

  private static let dropout = CallSignature(["inputs"], ["training"])
  private static let headedTensors = ["query", "value", "key"]
  private static let headedOthers = [
    "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores",
    "training", "use_causal_mask",
  ]
  private static let masked = CallSignature(["inputs"], ["mask"])
  private static let recurrent = CallSignature(
    ["sequences", "initial_state"], ["mask", "training"])
  private static let cell = CallSignature(["inputs", "states"], ["training"])
  private static let trained = CallSignature(["inputs"], ["training", "mask"])

  private static let table: [String: CallSignature] = [
    "AdditiveAttention": attention,
    "AlphaDropout": dropout,
    "Attention": attention,
    // The mask counts only while the statistics are learned.
    "BatchNormalization": CallSignature(["inputs"], ["training", "mask"], unread: ["mask"]),
    "Bidirectional": recurrent,
    "CategoryEncoding": CallSignature(["inputs"], ["count_weights"]),
    "ConvLSTM1D": recurrent,
    "ConvLSTM2D": recurrent,
    "ConvLSTM3D": recurrent,
    "Dropout": dropout,
    "Functional": trained,
    "GRU": recurrent,
    "GRUCell": cell,
    "GaussianDropout": dropout,
    "GaussianNoise": dropout,
    "GlobalAveragePooling1D": masked,
    "GroupQueryAttention": CallSignature(headedTensors, headedOthers),
    "LSTM": recurrent,
    "LSTMCell": cell,
    // Since 3.8 the mask that a call gives for the query gives way to the one that the query carries.
    "MultiHeadAttention": CallSignature(
      headedTensors, headedOthers, unread: ["query_mask"]),
    "Pipeline": CallSignature(["inputs"], ["training", "mask"], unread: ["training"]),
    "RNN": recurrent,
    "ReversibleEmbedding": CallSignature(["inputs"], ["reverse"]),
    "Sequential": trained,
    "SimpleRNN": recurrent,
    "SimpleRNNCell": CallSignature(["sequence", "states"], ["training"]),
    "Softmax": masked,
    "SpatialDropout1D": dropout,
    "SpatialDropout2D": dropout,
    "SpatialDropout3D": dropout,
    "StackedRNNCells": cell,
    "TimeDistributed": trained,
  ]
}

import ModelFormat

/// The rules of each class, which are applied in order.
enum ConfigRules {
  /// The rules of the class, often none.
  static func rules(for className: String) -> [ConfigRule] { table[className] ?? [] }

  /// The rules of a class that is read as another one, by the name that files give it.
  static func rules(ofFile className: String) -> [ConfigRule] {
    switch className {
    case "CuDNNGRU": [.cuDNN, .absent("reset_after", means: .bool(true)), .stored("cudnn_gru")]
    case "CuDNNLSTM": [.cuDNN, .stored("cudnn_lstm")]
    case "RandomCrop":
      [.unread("rng_type", "seed"), .absent("crop_to_aspect_ratio", means: .bool(true))]
    default: []
    }
  }

  private static let table: [String: [ConfigRule]] = {
    var table: [String: [ConfigRule]] = [
      "BatchNormalization": [.scalar("axis")],
      "Bidirectional": [.backwardLayer],
      "Dense": [.quantization, .lowRank],
      "Discretization": [.learnedBoundaries],
      "EinsumDense": [.quantization, .lowRank],
      "Embedding": [.quantization, .lowRank],
      "GRU": [.resetAfter, .recurrentActivation],
      "GRUCell": [.resetAfter, .recurrentActivation],
      "GroupNormalization": [.scalar("axis")],
      "IntegerLookup": [.computesInFloat, .spareFactors],
      "LSTM": [.recurrentActivation],
      "LSTMCell": [.recurrentActivation],
      "LayerNormalization": [.scalar("axis")],
      "LeakyReLU": [.renamed("alpha", to: "negative_slope")],
      "MultiHeadAttention": [.addedMask],
      "Normalization": [.scalar("axis")],
      "RMSNormalization": [.scalar("axis")],
      "ReversibleEmbedding": [.quantizationOfInputs, .lowRank],
      "Resizing": [.computesInFloat],
      "Softmax": [.scalar("axis"), .addedMask],
      "StringLookup": [.computesInFloat, .spareFactors],
      "TextVectorization": [.computesInFloat, .spareFactors],
      "UnitNormalization": [.scalar("axis")],
      "UpSampling1D": [.renamed("length", to: "size"), .scalar("size")],
    ]
    for rank in 1...3 {
      for (name, rules) in spatial(rank) { table[name.numbered(rank)] = rules }
    }
    return table
  }()

  /// The rules of the classes that come in one, two and three dimensions; `#` is the number.
  private static func spatial(_ rank: Int) -> [String: [ConfigRule]] {
    let window: [ConfigRule] = [
      .vector("kernel_size", rank: rank), .vector("strides", rank: rank),
      .vector("dilation_rate", rank: rank),
    ]
    let pool: [ConfigRule] = [
      .vector("pool_size", rank: rank), .vector("strides", rank: rank),
      .null("strides", means: "pool_size"),
    ]
    var rules: [String: [ConfigRule]] = [
      "AveragePooling#D": pool,
      "Conv#D": window + [.flippedKernels, .lowRank],
      "Conv#DTranspose": window
        + [.vector("output_padding", rank: rank), .ungrouped, .flippedKernels],
      "ConvLSTM#D": window + [.recurrentActivation, .flippedKernels],
      "Cropping#D": [.pairs("cropping", rank: rank)],
      "DepthwiseConv#D": window + [.unread("groups", "filters")],
      "LocallyConnected#D": window,
      "MaxPooling#D": pool,
      "SeparableConv#D": window + [.unread("groups")],
      "ZeroPadding#D": [.pairs("padding", rank: rank)],
    ]
    if rank > 1 { rules["UpSampling#D"] = [.vector("size", rank: rank), .interpolation] }
    return rules
  }
}

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
    case "RandomCrop": [.randomCrop]
    default: []
    }
  }

  private static let table: [String: [ConfigRule]] = {
    var table: [String: [ConfigRule]] = [
      "AdditiveAttention": [.scoresInDouble],
      "Attention": [.scoresInDouble],
      "BatchNormalization": [.scalar("axis")],
      "Bidirectional": [.backwardLayer, .maskedOutput],
      "CategoryEncoding": [.axisBeforeClasses],
      "Dense": [.quantization, .lowRank],
      "Discretization": [.learnedBoundaries, .axisBeforeClasses],
      "Dot": [.wholeProducts],
      "EinsumDense": [.quantization, .lowRank, .biasOfEquation],
      "Embedding": [.quantization, .lowRank],
      "GRU": [.resetAfter, .recurrentActivation],
      "GRUCell": [.resetAfter, .recurrentActivation],
      "GroupNormalization": [.scalar("axis"), .wholeNumbers("cast", from: (3, 0))],
      "GroupQueryAttention": [.biasOfHeads],
      "IntegerLookup": [.computesInFloat, .spareFactors],
      "LSTM": [.recurrentActivation, .orderOfBias(hasFastPath: true)],
      "LSTMCell": [.recurrentActivation, .orderOfBias(hasFastPath: false)],
      "LayerNormalization": [.scalar("axis"), .wholeNumbers("cast", from: (3, 11))],
      "LeakyReLU": [.renamed("alpha", to: "negative_slope")],
      "MultiHeadAttention": [.addedMask, .attentionAxes, .biasOfHeads, .scoresInDouble],
      "Normalization": [.scalar("axis")],
      "RMSNormalization": [.scalar("axis"), .wholeNumbers("cast")],
      "ReversibleEmbedding": [.quantizationOfInputs, .lowRank],
      "SReLU": [.clippedByTheano],
      "Softmax": [.scalar("axis"), .addedMask],
      "StringLookup": [.computesInFloat, .spareFactors],
      "TextVectorization": [.computesInFloat, .spareFactors],
      "UnitNormalization": [.scalar("axis")],
      "UpSampling1D": [.renamed("length", to: "size"), .scalar("size")],
      "ops.Argmax": [.equalZeros],
      "ops.Argmin": [.equalZeros],
      "ops.Conv": [.clampedPadding],
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
    let convolution = window + [.sameOnTheano("same_theano"), .flippedKernels]
    let pool: [ConfigRule] = [
      .vector("pool_size", rank: rank), .vector("strides", rank: rank),
      .null("strides", means: "pool_size"), .sameOnTheano("same_theano_pooling"),
    ]
    var rules: [String: [ConfigRule]] = [
      "AveragePooling#D": pool,
      "Conv#D": convolution + [.lowRank],
      "Conv#DTranspose": convolution + [.vector("output_padding", rank: rank), .ungrouped],
      "ConvLSTM#D": convolution + [.recurrentActivation, .recurrentPadding],
      "Cropping#D": [.pairs("cropping", rank: rank)],
      "DepthwiseConv#D": window
        + [.unread("groups", "filters"), .sameOnTheano("same_theano")],
      "GlobalAveragePooling#D": [.wholeNumbers("truncated", before: (3, 0))],
      "LocallyConnected#D": window + [.kernelFormat],
      "MaxPooling#D": pool,
      // Keras does not cut what a window of even size leaves over there.
      "SeparableConv#D": window + [.unread("groups"), .sameOnTheano("half")],
      "ZeroPadding#D": [.pairs("padding", rank: rank)],
    ]
    if rank == 3 {
      for name in ["Conv#D", "ConvLSTM#D"] { rules[name, default: []].append(.clampedPadding) }
    }
    if rank > 1 { rules["UpSampling#D"] = [.vector("size", rank: rank), .interpolation] }
    if rank == 2 { rules["UpSampling#D", default: []].append(.interpolatedWholeNumbers) }
    return rules
  }
}

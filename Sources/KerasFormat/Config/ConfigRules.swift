import ModelFormat

/// The rules of each class, which are applied in order.
enum ConfigRules {
  /// The rules of the class, often none.
  static func rules(for className: String) -> [ConfigRule] { table[className] ?? [] }

  private static let table: [String: [ConfigRule]] = {
    var table: [String: [ConfigRule]] = [
      "BatchNormalization": [.scalar("axis")],
      "Bidirectional": [.backwardLayer],
      "GRU": [.resetAfter, .recurrentActivation],
      "GRUCell": [.resetAfter, .recurrentActivation],
      "GroupNormalization": [.scalar("axis")],
      "LSTM": [.recurrentActivation],
      "LSTMCell": [.recurrentActivation],
      "LayerNormalization": [.scalar("axis")],
      "LeakyReLU": [.renamed("alpha", to: "negative_slope")],
      "Normalization": [.scalar("axis")],
      "RMSNormalization": [.scalar("axis")],
      "Softmax": [.scalar("axis")],
      "UnitNormalization": [.scalar("axis")],
      "UpSampling1D": [.renamed("length", to: "size"), .scalar("size")],
    ]
    for rank in 1...3 {
      for (name, rules) in spatial(rank) { table[name.replacing("N", rank)] = rules }
    }
    return table
  }()

  /// The rules of the classes that come in one, two and three dimensions; `N` is the number.
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
      "AveragePoolingND": pool,
      "ConvND": window,
      "ConvNDTranspose": window + [.vector("output_padding", rank: rank), .ungrouped],
      "ConvLSTMND": window + [.recurrentActivation],
      "CroppingND": [.pairs("cropping", rank: rank)],
      "DepthwiseConvND": window + [.unread("groups", "filters")],
      "LocallyConnectedND": window,
      "MaxPoolingND": pool,
      "SeparableConvND": window + [.unread("groups")],
      "ZeroPaddingND": [.pairs("padding", rank: rank)],
    ]
    if rank > 1 { rules["UpSamplingND"] = [.vector("size", rank: rank)] }
    return rules
  }
}

extension String {
  /// The name with its letter `N` before `D` replaced by a number.
  fileprivate func replacing(_ letter: Character, _ number: Int) -> String {
    guard let last = lastIndex(of: letter) else { return self }
    var name = self
    name.replaceSubrange(last...last, with: String(number))
    return name
  }
}

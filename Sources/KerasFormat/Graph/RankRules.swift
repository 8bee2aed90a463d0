import ModelFormat

/// The number of axes of a layer's output, as far as rewriting `channels_first` layers needs it.
enum RankRules {
  /// The rank of the first output, or nil where it is not known.
  static func rank(of layer: SourceLayer, inputs: [GraphValue]) -> Int? {
    let ranks = inputs.compactMap(\.rank)
    guard ranks.count == inputs.count, let first = ranks.first else { return nil }
    if let rule = table[layer.className] { return rule(layer, first) }
    return layer.className.hasPrefix("ops.") ? nil : ranks.max()
  }

  private typealias Rule = @Sendable (SourceLayer, Int) -> Int?

  private static let table: [String: Rule] = {
    let recurrent: Rule = { layer, _ in layer.returnsSequences ? 3 : 2 }
    let pooled: Rule = { layer, rank in layer.config["keepdims"]?.bool == true ? rank : 2 }
    let unknown: Rule = { _, _ in nil }
    var table: [String: Rule] = [
      "Bidirectional": recurrent, "GRU": recurrent, "LSTM": recurrent, "SimpleRNN": recurrent,
      "RNN": recurrent, "CuDNNGRU": recurrent, "CuDNNLSTM": recurrent,
      "Dot": unknown, "EinsumDense": unknown, "Lambda": unknown, "TFOpLambda": unknown,
      "SlicingOpLambda": unknown, "TensorFlowOpLayer": unknown,
      "Embedding": { _, rank in rank + 1 },
      "Flatten": { _, _ in 2 },
      "RepeatVector": { _, _ in 3 },
      "Reshape": { layer, _ in layer.config["target_shape"]?.array.map { $0.count + 1 } },
    ]
    for dimension in 1...3 {
      table["GlobalAveragePooling\(dimension)D"] = pooled
      table["GlobalMaxPooling\(dimension)D"] = pooled
      table["ConvLSTM\(dimension)D"] = { layer, rank in layer.returnsSequences ? rank : rank - 1 }
    }
    return table
  }()
}

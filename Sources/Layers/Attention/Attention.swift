import Tensors

/// y = softmax(score(q, k)) · v, where score(q, k) is scale · (q · k), or with `score_mode`
/// `concat` weight · Σ tanh(scale · (q + k)).
///
/// Input and output: those of a ``SequenceAttention``. Weights: scale () with `use_scale`,
/// concat_score_weight () with `concat`.
///
/// Keras: <https://keras.io/api/layers/attention_layers/attention/>
struct Attention: SequenceAttention {
  static let classNames = ["Attention"]

  private enum ScoreMode: String, CaseIterable {
    case dot
    case concat
  }

  let isCausal: Bool
  let unseeing: AttentionShape.Unseeing
  private let factor: Float
  private let concatWeight: Float?

  init(_ reader: inout LayerReader) {
    isCausal = reader.bool("causal", default: false)
    unseeing = reader.unseeing()
    let usesScale = reader.bool("use_scale", default: false)
    factor = usesScale ? reader.weight("scale", []).floatValue : 1
    switch reader.choice("score_mode", default: ScoreMode.dot) {
    case .dot: concatWeight = nil
    case .concat: concatWeight = reader.weight("concat_score_weight", []).floatValue
    }
  }

  var scale: Float { concatWeight ?? factor }

  func score(keySize: Int) -> AttentionShape.Score {
    concatWeight == nil
      ? .product
      : .tanh(
        weights: Tensor([keySize], [Float](repeating: 1, count: keySize)), factor: factor)
  }
}

extension Tensor {
  /// The only number of a tensor of rank 0.
  fileprivate var floatValue: Float { elements(as: Float.self).first ?? 1 }
}

import Tensors

/// y = softmax(Σ scale · tanh(q + k)) · v, the sum over the last axis (Bahdanau et al., 2015).
///
/// Input and output: those of a ``SequenceAttention``. Weights: scale (D) with `use_scale`.
///
/// Keras: <https://keras.io/api/layers/attention_layers/additive_attention/>
struct AdditiveAttention: SequenceAttention {
  static let classNames = ["AdditiveAttention"]

  let isCausal: Bool
  private let weights: Tensor?

  init(_ reader: inout LayerReader) {
    isCausal = reader.bool("causal", default: false)
    weights = reader.bool("use_scale", default: true) ? reader.weight("scale", [nil]) : nil
  }

  var scale: Float { 1 }

  func score(keySize: Int) throws(LayerError) -> AttentionShape.Score {
    let ones = [Float](repeating: 1, count: keySize)
    let weights = weights ?? Tensor([keySize], ones)
    guard weights.shape == [keySize] else {
      throw LayerError("expected queries of size \(weights.shape[0]), found \(keySize)")
    }
    return .tanh(weights: weights, factor: 1)
  }
}

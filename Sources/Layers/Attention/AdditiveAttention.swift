import Tensors

/// y = softmax(Σ scale · tanh(q + k)) · v, the sum over the last axis (Bahdanau et al., 2015).
///
/// Input and output: those of a ``SequenceAttention``. Weights: scale (D) with `use_scale`; Keras 2
/// takes E for D, and numbers that stand alone for all of the other side.
///
/// Keras: <https://keras.io/api/layers/attention_layers/additive_attention/>
struct AdditiveAttention: SequenceAttention {
  static let classNames = ["AdditiveAttention"]

  let isCausal: Bool
  let unseeing: AttentionShape.Unseeing
  private let weights: Tensor?

  init(_ reader: inout LayerReader) {
    isCausal = reader.bool("causal", default: false)
    unseeing = reader.unseeing()
    weights = reader.bool("use_scale", default: true) ? reader.weight("scale", [nil]) : nil
  }

  var scale: Float { 1 }

  func score(keySize: Int) throws(LayerError) -> AttentionShape.Score {
    let ones = [Float](repeating: 1, count: keySize)
    let weights = weights ?? Tensor([keySize], ones)
    if weights.shape == [keySize] { return .tanh(weights: weights, factor: 1) }
    let numbers = weights.elements(as: Float.self)
    if keySize == 1 {
      return .tanh(weights: Tensor([1], [numbers.reduce(0, +)]), factor: 1)
    }
    guard numbers.count == 1 else {
      throw LayerError("expected queries of size \(numbers.count), found \(keySize)")
    }
    return .tanh(weights: Tensor([keySize], ones.map { $0 * numbers[0] }), factor: 1)
  }
}

import CKernels

/// What all heads of an attention have in common: sizes, how scores come about, and which keys a
/// query may look at by its position.
package struct AttentionShape: Sendable {
  /// What a query gets that may look at no key at all.
  package enum Unseeing: Sendable, Hashable, CaseIterable {
    /// Weights of zero.
    case zero
    /// Equal weights.
    case uniform
    /// The softmax of its scores less 1e9, of which few digits are left.
    case shifted
    /// The softmax of its scores, as is left in double precision of what is shifted.
    case scores
  }

  /// How the score of a query and a key comes about, before it is scaled.
  package enum Score: Sendable {
    /// q · k
    case product
    /// Σ weight · tanh(factor · (q + k)), one weight for each number of a key.
    case tanh(weights: Tensor, factor: Float)
  }

  /// The queries of a head.
  package var queries: Int
  /// The keys of a head, and the values.
  package var keys: Int
  /// The numbers of a query and of a key.
  package var keySize: Int
  /// The numbers of a value.
  package var valueSize: Int
  /// How scores come about.
  package var score = Score.product
  /// What scores are multiplied by.
  package var scale: Float = 1
  /// How many keys before its own position a query may look at; nil for all.
  package var before: Int?
  /// How many keys after its own position a query may look at; nil for all.
  package var after: Int?
  /// What a query gets that may look at no key.
  package var unseeing = Unseeing.uniform

  /// An attention of the given sizes.
  package init(queries: Int, keys: Int, keySize: Int, valueSize: Int) {
    self.queries = queries
    self.keys = keys
    self.keySize = keySize
    self.valueSize = valueSize
  }

  /// The numbers of scratch memory that one call of the kernel works in.
  package func workCount(_ kernels: CPUKernels) -> Int {
    (keySize + 2 * keys) * kernels.panelWidth
  }

  /// The multiplications with an addition that one query of one head takes.
  package var multiplyAddsPerQuery: Int { keys * (keySize + valueSize) }
}

extension AttentionShape.Unseeing {
  fileprivate var c: Int32 {
    let rule =
      switch self {
      case .zero: CK_UNSEEING_ZERO
      case .uniform: CK_UNSEEING_UNIFORM
      case .shifted: CK_UNSEEING_SHIFTED
      case .scores: CK_UNSEEING_SCORES
      }
    return Int32(bitPattern: rule.rawValue)
  }
}

extension AttentionShape {
  private static let farthest = 1 << 30

  /// The attention of one head as the kernels take it.
  func c(_ head: AttentionHead) -> ck_attention {
    var weights: UnsafePointer<Float>?
    var factor: Float = 1
    if case .tanh(let tensor, let given) = score {
      weights = tensor.firstNumber
      factor = given
    }
    return ck_attention(
      keys: keys, key_size: keySize, value_size: valueSize, q: head.q, k: head.k, v: head.v,
      q_stride: head.qStride, k_stride: head.kStride, v_stride: head.vStride, out: head.out,
      out_stride: head.outStride, scores: head.scores, scale: scale, tanh_weights: weights,
      tanh_factor: factor, before: Int32(min(before ?? Self.farthest, Self.farthest)),
      after: Int32(min(after ?? Self.farthest, Self.farthest)), keep: head.keep?.start,
      keep_query_stride: head.keep?.queryStride ?? 0, keep_key_stride: head.keep?.keyStride ?? 0,
      unseeing: unseeing.c)
  }
}

import Tensors

/// How an attention rounds: which of Keras's ways its scores and weights take.
struct AttentionRounding: Sendable {
  /// What is rounded to.
  let rounding: Rounding
  /// Whether queries are scaled before they meet keys, or scores afterwards.
  var scalesQueries = false
  /// Whether products are added up in 16 bits, as TensorFlow's `einsum` does it.
  var contracts = false
  /// Whether scores are scaled and weights made of them in single precision.
  var isWeighedInSingle = false
  /// Whether weights are made over several axes at once, as a softmax layer does it.
  var isJoint = false
  /// What a masked score becomes; nil where ``masked`` is added to it.
  var replaced: Float?
  /// What is added to a masked score.
  var masked: Float = 0

  /// Attention without projections.
  static func plain(_ rounding: Rounding) -> AttentionRounding {
    AttentionRounding(rounding: rounding, masked: rounding.type == .float16 ? -65504 : -1e9)
  }

  /// Attention in one operation, `DotProductAttention`.
  static func fused(_ rounding: Rounding) -> AttentionRounding {
    AttentionRounding(
      rounding: rounding, contracts: true, isWeighedInSingle: true,
      replaced: -0.7 * .greatestFiniteMagnitude)
  }

  /// Attention of heads with a softmax layer.
  static func layered(
    _ rounding: Rounding, addsMask: Bool, contracts: Bool, isJoint: Bool
  ) -> AttentionRounding {
    let lowest: Float = rounding.type == .float16 ? -3e4 : -1e9
    return AttentionRounding(
      rounding: rounding, scalesQueries: true, contracts: contracts, isJoint: isJoint,
      replaced: addsMask ? nil : lowest, masked: lowest)
  }

  /// Computes one head, of so many of all items.
  ///
  /// `scores` holds a number for each query and key, and is left with the weights.
  func attend(
    _ shape: AttentionShape, _ head: AttentionHead, of heads: Int,
    scores: UnsafeMutablePointer<Float>
  ) {
    score(shape, head, of: heads, scores)
    for query in 0..<shape.queries {
      let row = scores + query * shape.keys
      let kept = mask(shape, head, query, row)
      weigh(row, count: shape.keys)
      guard !kept, shape.unseeing == .zero else { continue }
      row.update(repeating: 0, count: shape.keys)
    }
    product(
      rows: shape.queries, inner: shape.keys, columns: shape.valueSize, batches: heads,
      Rounding.Matrix(start: scores, rowStride: shape.keys, columnStride: 1),
      Rounding.Matrix(start: head.v, rowStride: head.vStride, columnStride: 1),
      into: head.out, rowStride: head.outStride)
    head.scores?.update(from: scores, count: shape.queries * shape.keys)
  }

  private func score(
    _ shape: AttentionShape, _ head: AttentionHead, of heads: Int,
    _ scores: UnsafeMutablePointer<Float>
  ) {
    let count = shape.queries * shape.keys
    if case .tanh(let weights, let factor) = shape.score {
      weights.withElements(as: Float.self) { bend(shape, head, $0, factor, scores) }
    } else if contracts, scalesQueries {
      // Keras names the keys first.
      rounding.contract(
        rows: shape.keys, inner: shape.keySize, columns: shape.queries, batches: heads,
        Rounding.Matrix(start: head.k, rowStride: head.kStride, columnStride: 1),
        Rounding.Matrix(start: head.q, rowStride: 1, columnStride: head.qStride), into: scores,
        rowStride: 1, columnStride: shape.keys)
    } else {
      product(
        rows: shape.queries, inner: shape.keySize, columns: shape.keys, batches: heads,
        Rounding.Matrix(start: head.q, rowStride: head.qStride, columnStride: 1),
        Rounding.Matrix(start: head.k, rowStride: 1, columnStride: head.kStride), into: scores,
        rowStride: shape.keys)
    }
    if scalesQueries || shape.scale == 1 { return }
    for index in 0..<count {
      scores[index] *= isWeighedInSingle ? shape.scale : rounding(shape.scale)
    }
    if !isWeighedInSingle { rounding.round(scores, count: count) }
  }

  /// Scores Σ weight · tanh(factor · (q + k)).
  private func bend(
    _ shape: AttentionShape, _ head: AttentionHead, _ weights: UnsafeBufferPointer<Float>,
    _ factor: Float, _ scores: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(shape.keySize, 1)) { terms in
      guard let terms = terms.baseAddress else { return }
      for query in 0..<shape.queries {
        for key in 0..<shape.keys {
          let (q, k) = (head.q + query * head.qStride, head.k + key * head.kStride)
          for index in 0..<shape.keySize {
            let bent = rounding.value(
              .tanh, rounding(rounding(factor) * rounding(q[index] + k[index])))
            terms[index] = rounding(weights[index] * bent)
          }
          scores[query * shape.keys + key] = rounding.total(terms, count: shape.keySize)
        }
      }
    }
  }

  /// Masks a row of scores; false where the query may look at no key.
  private func mask(
    _ shape: AttentionShape, _ head: AttentionHead, _ query: Int, _ row: UnsafeMutablePointer<Float>
  ) -> Bool {
    var isSeeing = false
    for key in 0..<shape.keys {
      let isKept = head.keep.map {
        $0.start[query * $0.queryStride + key * $0.keyStride] != 0
      }
      if isKept ?? true, key >= query - (shape.before ?? query),
        key <= query + (shape.after ?? shape.keys)
      {
        isSeeing = true
      } else {
        row[key] = replaced ?? rounding(row[key] + masked)
      }
    }
    return isSeeing
  }

  private func weigh(_ row: UnsafeMutablePointer<Float>, count: Int) {
    if isWeighedInSingle {
      CPUKernels.active.softmax(outer: 1, count: count, row, into: row)
      rounding.round(row, count: count)
    } else if isJoint {
      rounding.jointSoftmax(row, count: count, inner: 1)
    } else {
      rounding.softmax(row, into: row, count: count)
    }
  }

  private func product(
    rows: Int, inner: Int, columns: Int, batches: Int, _ a: Rounding.Matrix, _ b: Rounding.Matrix,
    into c: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    if contracts {
      rounding.contract(
        rows: rows, inner: inner, columns: columns, batches: batches, a, b, into: c,
        rowStride: rowStride)
    } else {
      rounding.multiply(
        rows: rows, inner: inner, columns: columns, a, b, into: c, rowStride: rowStride)
    }
  }
}

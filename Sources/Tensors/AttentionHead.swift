/// The memory of one head of an attention; strides are from one row to the next.
package struct AttentionHead {
  /// Which keys a query may look at: a byte each, zero where it may not.
  package struct Keep {
    /// The byte of the first query and the first key.
    package var start: UnsafePointer<UInt8>
    /// From one query to the next: 0 or 1; where 1, every query up to a multiple of the kernels'
    /// panel width has a byte.
    package var queryStride: Int
    /// From one key to the next.
    package var keyStride: Int

    /// The bytes that begin at `start`.
    package init(start: UnsafePointer<UInt8>, queryStride: Int, keyStride: Int) {
      self.start = start
      self.queryStride = queryStride
      self.keyStride = keyStride
    }
  }

  /// The queries' rows.
  package var q: UnsafePointer<Float>
  /// From one query to the next.
  package var qStride: Int
  /// The keys' rows.
  package var k: UnsafePointer<Float>
  /// From one key to the next.
  package var kStride: Int
  /// The values' rows.
  package var v: UnsafePointer<Float>
  /// From one value to the next.
  package var vStride: Int
  /// The output's rows, one for each query.
  package var out: UnsafeMutablePointer<Float>
  /// From one row of the output to the next.
  package var outStride: Int
  /// Where the weights [queries][keys] go, if they are wanted.
  package var scores: UnsafeMutablePointer<Float>?
  /// Which keys a query may look at; nil for all.
  package var keep: Keep?

  /// A head whose rows lie in the given places.
  package init(
    q: UnsafePointer<Float>, qStride: Int, k: UnsafePointer<Float>, kStride: Int,
    v: UnsafePointer<Float>, vStride: Int, out: UnsafeMutablePointer<Float>, outStride: Int,
    scores: UnsafeMutablePointer<Float>? = nil, keep: Keep? = nil
  ) {
    (self.q, self.qStride) = (q, qStride)
    (self.k, self.kStride) = (k, kStride)
    (self.v, self.vStride) = (v, vStride)
    (self.out, self.outStride) = (out, outStride)
    self.scores = scores
    self.keep = keep
  }
}

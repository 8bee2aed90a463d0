import CKernels

extension CPUKernels {
  /// Some queries of one head: out = softmax(scale · score(Q, K)) V, over the keys that each may
  /// look at.
  ///
  /// `work` takes ``AttentionShape/workCount(_:)`` numbers. `queries` is best split at multiples of
  /// ``panelWidth``.
  package func attend(
    _ shape: AttentionShape, _ head: AttentionHead, queries: Range<Int>,
    work: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: shape.c(head)) {
      table.pointee.attention($0, queries.lowerBound, queries.count, work)
    }
  }
}

extension Tensor {
  /// Where the elements begin, which are in single precision; nil where there are none.
  ///
  /// Whoever reads them keeps the tensor.
  package var firstNumber: UnsafePointer<Float>? {
    storage.bytes.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
  }

  /// The tensor, in single precision, as rows of as many elements as `factors` has, each column
  /// times its factor; the tensor itself where that is nil.
  package func scalingColumns(by factors: [Float]?) -> Tensor {
    guard let factors, let x = firstNumber else { return self }
    precondition(
      shape.elementCount % factors.count == 0,
      "\(factors.count) factors given for a tensor of shape \(shape)")
    return Tensor(shape, Float.self) { y in
      guard let y = y.baseAddress else { return }
      CPUKernels.active.scaleShift(
        rows: shape.elementCount / factors.count, channels: factors.count, scale: factors,
        shift: nil, x, into: y)
    }
  }
}

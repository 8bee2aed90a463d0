extension Tensor {
  /// This tensor with its axes in another order: axis `i` of the result is axis `axes[i]`.
  package func transposed(_ axes: [Int]) -> Tensor {
    precondition(
      axes.sorted() == Array(0..<shape.rank), "\(axes) is no order of the axes of \(shape)")
    let type = TensorType(Shape(axes.map { shape.dimensions[$0] }), elementType)
    let result = TensorStorage(uninitialized: type.byteCount)
    withBytes { bytes in
      guard let from = bytes.baseAddress, let to = result.bytes.baseAddress else { return }
      CPUKernels.active.permute(
        shape, axes: axes, elementBytes: elementType.byteCount, from, into: to)
    }
    return Tensor(type, storage: result)
  }
}

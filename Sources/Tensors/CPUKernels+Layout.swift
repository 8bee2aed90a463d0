import CKernels

/// Kernels that move elements without computing; they serve every element type.
extension CPUKernels {
  /// The most axes that these kernels take.
  package static let maximumRank = Int(CK_MAX_RANK)

  /// y = x with its axes in the given order: axis `i` of y is axis `axes[i]` of x.
  package func permute(
    _ shape: Shape, axes: [Int], elementBytes: Int = 4, _ x: UnsafeRawPointer,
    into y: UnsafeMutableRawPointer
  ) {
    precondition(shape.rank <= Self.maximumRank, "\(shape.rank) axes are too many")
    ck_permute(
      Int32(shape.rank), shape.dimensions, axes.map(Int32.init), elementBytes, x, y)
  }

  /// Copies a block between strided tensors; strides are in elements and may be 0 or negative.
  package func copy(
    _ block: Shape, elementBytes: Int = 4, from x: UnsafeRawPointer, strides xStrides: [Int],
    to y: UnsafeMutableRawPointer, strides yStrides: [Int]
  ) {
    precondition(block.rank <= Self.maximumRank, "\(block.rank) axes are too many")
    ck_copy(Int32(block.rank), block.dimensions, elementBytes, x, xStrides, y, yStrides)
  }

  /// y [n][width] = the rows of x [count][width] at the given indices.
  ///
  /// Returns `indices.count`, or the position of the first index outside the table, where it stops.
  package func gather(
    _ indices: UnsafeBufferPointer<Int32>, count: Int, width: Int, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) -> Int {
    guard let first = indices.baseAddress else { return 0 }
    return ck_gather(indices.count, first, count, width, x, y)
  }
}

import Tensors

extension Rounding {
  /// A matrix of any layout.
  struct Matrix {
    var start: UnsafePointer<Float>
    /// From one row to the next.
    var rowStride: Int
    /// From one column to the next.
    var columnStride: Int
  }

  /// C = A · B added up in 16 bits, as TensorFlow's `einsum` and transposed convolutions do it.
  ///
  /// Eigen takes columns of B by 16 and by 8 at a time, and rows of A by 4; how a number is added up
  /// depends on where it stands.
  func contract(
    rows: Int, inner: Int, columns: Int, _ a: Matrix, _ b: Matrix,
    into c: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int = 1
  ) {
    for row in 0..<rows {
      let x = a.start + row * a.rowStride
      for column in 0..<columns {
        let y = b.start + column * b.columnStride
        let sum: Float
        if columns == 1 {
          sum = laneSum(inner, x, a.columnStride, y, b.rowStride)
        } else if column >= columns / 8 * 8 || rows == 1 {
          sum = fusedSum(inner, x, a.columnStride, y, b.rowStride)
        } else {
          let alternates = column >= columns / 16 * 16 && row < rows / 4 * 4
          sum = productSum(
            inner, x, a.columnStride, y, b.rowStride, alternating: alternates ? inner / 8 * 8 : 0)
        }
        c[row * rowStride + column * columnStride] = sum
      }
    }
  }

  /// Σ x y from `first` on, only the sums rounded.
  func fusedSum(
    _ count: Int, _ x: UnsafePointer<Float>, _ xStride: Int, _ y: UnsafePointer<Float>,
    _ yStride: Int, from first: Float = 0
  ) -> Float {
    var sum = first
    for index in 0..<count { sum = self(sum + x[index * xStride] * y[index * yStride]) }
    return sum
  }

  /// Σ x y, products and sums rounded; of the first `pairs` every other one is added up apart.
  private func productSum(
    _ count: Int, _ x: UnsafePointer<Float>, _ xStride: Int, _ y: UnsafePointer<Float>,
    _ yStride: Int, alternating pairs: Int
  ) -> Float {
    var (sum, other): (Float, Float) = (0, 0)
    for index in 0..<count {
      let product = self(x[index * xStride] * y[index * yStride])
      if index < pairs, index % 2 == 1 {
        other = self(other + product)
      } else {
        sum = self(sum + product)
      }
      if index == pairs - 1 { sum = self(sum + other) }
    }
    return sum
  }

  /// Σ x y in eight lanes, whose sums are added up in single precision.
  private func laneSum(
    _ count: Int, _ x: UnsafePointer<Float>, _ xStride: Int, _ y: UnsafePointer<Float>,
    _ yStride: Int
  ) -> Float {
    var lanes = SIMD8<Float>.zero
    let whole = count / 8 * 8
    for index in 0..<whole {
      let product = self(x[index * xStride] * y[index * yStride])
      lanes[index % 8] = self(lanes[index % 8] + product)
    }
    var sum = self(lanes.sum())
    for index in whole..<count { sum = self(sum + self(x[index * xStride] * y[index * yStride])) }
    return sum
  }

  /// C = A · B, each number added up in single precision and rounded once: TensorFlow's `matmul`.
  func multiply(
    rows: Int, inner: Int, columns: Int, _ a: Matrix, _ b: Matrix,
    into c: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int = 1
  ) {
    for row in 0..<rows {
      let x = a.start + row * a.rowStride
      for column in 0..<columns {
        let y = b.start + column * b.columnStride
        var sum: Float = 0
        for index in 0..<inner { sum += x[index * a.columnStride] * y[index * b.rowStride] }
        c[row * rowStride + column * columnStride] = self(sum)
      }
    }
  }
}

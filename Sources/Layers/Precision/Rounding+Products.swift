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

  /// How a sum of products is rounded.
  private enum Summing {
    /// Products and sums, one after the other.
    case plain
    /// The same, every other product of the first ones added up apart.
    case alternating
    /// The sums alone.
    case fused
    /// As ``fused`` in eight lanes.
    case lanes
  }

  /// C = A · B added up in 16 bits, as TensorFlow's `einsum` and transposed convolutions do it.
  ///
  /// Eigen takes columns of B by 16 and by 8 at a time, and rows of A by 4, and has other ways for
  /// vectors and, where `batches` products are computed one by one, for small matrices; how a number
  /// is added up depends on where it stands.
  func contract(
    rows: Int, inner: Int, columns: Int, batches: Int, _ a: Matrix, _ b: Matrix,
    into c: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int = 1
  ) {
    let isSmall = rows + inner + columns < 20 && (batches > 1 || columns == 1)
    for row in 0..<rows {
      let x = a.start + row * a.rowStride
      for column in 0..<columns {
        let isInPanel = column < columns / 8 * 8
        let summing: Summing
        if columns == 1 {
          summing = isSmall ? .plain : rows == 1 ? .fused : .lanes
        } else if rows == 1 || isSmall {
          summing = isInPanel ? .fused : .plain
        } else if column < columns / 16 * 16 || isInPanel && row >= rows / 4 * 4 {
          summing = .plain
        } else {
          summing = isInPanel ? .alternating : .fused
        }
        c[row * rowStride + column * columnStride] = sum(
          summing, inner, x, a.columnStride, b.start + column * b.columnStride, b.rowStride)
      }
    }
  }

  private func sum(
    _ summing: Summing, _ count: Int, _ x: UnsafePointer<Float>, _ xStride: Int,
    _ y: UnsafePointer<Float>, _ yStride: Int
  ) -> Float {
    switch summing {
    case .plain: productSum(count, x, xStride, y, yStride, alternating: 0)
    case .alternating: productSum(count, x, xStride, y, yStride, alternating: count / 8 * 8)
    case .fused: fusedSum(count, x, xStride, y, yStride)
    case .lanes: laneSum(count, x, xStride, y, yStride)
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
      lanes[index % 8] = self(lanes[index % 8] + x[index * xStride] * y[index * yStride])
    }
    var sum = self(lanes.sum())
    for index in whole..<count { sum = self(sum + self(x[index * xStride] * y[index * yStride])) }
    return sum
  }

  /// C = A · B, each number added up in single precision: TensorFlow's `matmul`.
  func multiply(
    rows: Int, inner: Int, columns: Int, _ a: Matrix, _ b: Matrix,
    into c: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    for row in 0..<rows {
      let x = a.start + row * a.rowStride
      for column in 0..<columns {
        let y = b.start + column * b.columnStride
        var sum: Float = 0
        for index in 0..<inner { sum += x[index * a.columnStride] * y[index * b.rowStride] }
        c[row * rowStride + column] = sum
      }
      roundProduct(c + row * rowStride, count: columns)
    }
  }
}

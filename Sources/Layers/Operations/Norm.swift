import ModelFormat

/// The size of a vector or of a matrix, by the option `ord` of `keras.ops.norm`.
enum Norm: Sendable {
  /// (Σ |x|ᵖ)^(1/p); for infinities the largest and the smallest magnitude, for 0 the number of those
  /// that are not zero.
  case vector(Double)
  /// The largest, or the smallest, sum of magnitudes along columns or rows.
  case sums(ofColumns: Bool, takesLargest: Bool)
  /// The largest, the smallest or the sum of the singular values.
  case singular(Spectrum)

  /// What counts of singular values.
  enum Spectrum: Sendable {
    case largest
    case smallest
    case sum
  }

  /// The norm along the given axes, all where there are none.
  init(_ reader: inout LayerReader, axes: [Int]?) {
    let order = reader.value("ord")
    let isMatrix = axes?.count == 2
    switch (order, order?.double) {
    case (nil, _), (.string("fro"), _): self = .vector(2)
    case (.string("nuc"), _) where isMatrix: self = .singular(.sum)
    case (_, 2) where isMatrix: self = .singular(.largest)
    case (_, -2) where isMatrix: self = .singular(.smallest)
    case (_, let number?) where isMatrix && [1, -1, .infinity, -.infinity].contains(number):
      self = .sums(ofColumns: number.magnitude == 1, takesLargest: number > 0)
    case (_, let number?) where !isMatrix: self = .vector(number)
    default:
      reader.refuse("ord", "expected a norm of vectors or matrices, found \(order ?? .null)")
      self = .vector(2)
    }
  }

  /// The norm of numbers, which for a matrix stand row by row.
  func value(of numbers: [Double], columns: Int) -> Double {
    switch self {
    case .vector(2): return numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .vector(0): return Double(numbers.count { $0 != 0 })
    case .vector(.infinity): return numbers.map(\.magnitude).max() ?? 0
    case .vector(-.infinity): return numbers.map(\.magnitude).min() ?? 0
    case .vector(let order):
      return Scalar.power(
        numbers.reduce(0) { $0 + Scalar.power($1.magnitude, order) }, 1 / order)
    case .sums(let ofColumns, let takesLargest):
      let rows = numbers.count / max(columns, 1)
      let sums =
        ofColumns
        ? (0..<columns).map { column in
          (0..<rows).reduce(0.0) { $0 + numbers[$1 * columns + column].magnitude }
        }
        : (0..<rows).map { row in
          (0..<columns).reduce(0.0) { $0 + numbers[row * columns + $1].magnitude }
        }
      return (takesLargest ? sums.max() : sums.min()) ?? 0
    case .singular(let spectrum):
      let matrix = Matrix(numbers.count / max(columns, 1), columns, numbers)
      let tall = matrix.rows >= matrix.columns ? matrix : matrix.transposed
      let values = tall.singularValues().values
      switch spectrum {
      case .largest: return values.first ?? 0
      case .smallest: return values.last ?? 0
      case .sum: return values.reduce(0, +)
      }
    }
  }
}

import Tensors

/// A function of the rows of a matrix.
enum RowFunction: String, Sendable {
  /// exp(x) / Σ exp(x)
  case softmax
  /// x - log Σ exp(x)
  case logSoftmax = "log_softmax"
  /// max(x - tau, 0) with a threshold tau for each row, as Keras computes it.
  case sparsemax
  /// a · sigmoid(b), where a is the first half of a row and b the second (Dauphin et al., 2017).
  case glu

  /// The elements of a row that comes of a row of `width` elements.
  func outputWidth(of width: Int) -> Int { self == .glu ? width / 2 : width }

  /// Writes the function of rows of `width` elements; `y` may be `x`, but not for `glu`.
  func apply(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    let kernels = CPUKernels.active
    switch self {
    case .softmax: kernels.softmax(outer: rows, count: width, x, into: y)
    case .logSoftmax: kernels.logSoftmax(outer: rows, count: width, x, into: y)
    case .sparsemax: kernels.sparsemax(rows: rows, count: width, x, into: y)
    case .glu:
      let half = width / 2
      for row in 0..<rows {
        let (from, to) = (x + row * width, y + row * half)
        kernels.activate(.sigmoid, count: half, from + half, into: to)
        kernels.binary(.multiply, count: half, from, to, into: to)
      }
    }
  }
}

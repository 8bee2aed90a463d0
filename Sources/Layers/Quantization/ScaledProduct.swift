import Tensors

/// What turns the product of whole numbers into what it stands for, a row at a time.
struct ScaledProduct: Sendable {
  /// One divisor for each column; nil for 1.
  private let kernelScale: [Float]?
  private let bias: [Float]?

  init(kernelScale: Tensor?, bias: Tensor? = nil) {
    self.kernelScale = kernelScale?.elements(as: Float.self)
    self.bias = bias?.elements(as: Float.self)
  }

  /// Divides rows by the product of their factor and each column's, the columns' beginning at
  /// `column`.
  func scale(
    _ y: UnsafeMutablePointer<Float>, rows: Int, width: Int? = nil, column: Int = 0,
    factors: UnsafePointer<Float>?
  ) {
    guard let factors, let width = width ?? kernelScale?.count else { return }
    for row in 0..<rows {
      let (line, factor) = (y + row * width, factors[row])
      for index in 0..<width {
        line[index] /= factor * (kernelScale?[column + index] ?? 1)
      }
    }
  }

  /// Adds the bias to rows.
  func addBias(_ y: UnsafeMutablePointer<Float>, rows: Int) {
    guard let bias else { return }
    for row in 0..<rows {
      for index in bias.indices { y[row * bias.count + index] += bias[index] }
    }
  }
}

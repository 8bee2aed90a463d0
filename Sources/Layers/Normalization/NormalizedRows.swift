import Tensors

/// Normalises the rows of a matrix, each by its own mean and variance.
struct NormalizedRows: Sendable {
  let rows: Int
  let count: Int
  let epsilon: Float
  let gamma: [Float]
  let beta: [Float]
  /// Whether the mean is taken off, or rows are divided by their deviation alone.
  let centers: Bool

  /// y = the rows of x, normalised; `y` may be `x`.
  func run(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    workers.forEachRange(of: rows, grain: 1 + 16_384 / max(count, 1)) { range in
      let start = range.lowerBound * count
      guard centers else { return scale(range, x, y) }
      CPUKernels.active.layerNormalization(
        rows: range.count, count: count, epsilon: epsilon, gamma: gamma, beta: beta, x + start,
        into: y + start)
    }
  }

  private func scale(
    _ range: Range<Int>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    for row in range {
      var mean: Float = 0
      var variance: Float = 0
      let start = row * count
      CPUKernels.active.moments(
        outer: 1, count: count, x + start, mean: &mean, variance: &variance)
      let factor = 1 / (variance + epsilon).squareRoot()
      for index in 0..<count { y[start + index] = x[start + index] * factor * gamma[index] }
    }
  }
}

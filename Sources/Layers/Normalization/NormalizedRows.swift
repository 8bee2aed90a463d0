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
  /// What is rounded on the way, in Keras 2; nil for nothing.
  var steps: Steps?

  /// Which numbers Keras 2 rounds.
  enum Steps: Sendable {
    /// The normalised numbers, and the product with gamma.
    case last(Rounding)
    /// The moments, and everything that is made of them.
    case all(Rounding)
  }

  /// y = the rows of x, normalised; `y` may be `x`.
  func run(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    workers.forEachRange(of: rows, grain: 1 + 16_384 / max(count, 1)) { range in
      let start = range.lowerBound * count
      if let steps { return run(steps, range, x, y) }
      guard centers else { return scale(range, x, y) }
      CPUKernels.active.layerNormalization(
        rows: range.count, count: count, epsilon: epsilon, gamma: gamma, beta: beta, x + start,
        into: y + start)
    }
  }

  private func run(
    _ steps: Steps, _ range: Range<Int>, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    for row in range {
      let (from, to) = (x + row * count, y + row * count)
      switch steps {
      case .last(let rounding):
        CPUKernels.active.layerNormalization(
          rows: 1, count: count, epsilon: epsilon, from, into: to)
        rounding.round(to, count: count)
        for index in 0..<count {
          to[index] = rounding(to[index] * rounding(gamma[index])) + rounding(beta[index])
        }
      case .all(let rounding):
        var (mean, variance): (Float, Float) = (0, 0)
        CPUKernels.active.moments(outer: 1, count: count, from, mean: &mean, variance: &variance)
        for index in 0..<count {
          to[index] = rounding.normalize(
            from[index], mean: rounding(mean), variance: rounding(variance), epsilon: epsilon,
            gamma: gamma[index], beta: beta[index])
        }
      }
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

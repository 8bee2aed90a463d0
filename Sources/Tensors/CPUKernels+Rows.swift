import CKernels

/// An operation that makes one number of many.
package enum Reduction: Sendable, Hashable, CaseIterable {
  case sum
  case mean
  case max
  case min
  case product

  fileprivate var c: Int32 {
    let reduction =
      switch self {
      case .sum: CK_REDUCE_SUM
      case .mean: CK_REDUCE_MEAN
      case .max: CK_REDUCE_MAX
      case .min: CK_REDUCE_MIN
      case .product: CK_REDUCE_PROD
      }
    return Int32(bitPattern: reduction.rawValue)
  }
}

/// Kernels over the middle axis of [outer][count][inner].
extension CPUKernels {
  /// y = exp(x - max) / sum(exp(x - max)); `y` may be `x`.
  package func softmax(
    outer: Int, count: Int, inner: Int = 1, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.softmax(outer, count, inner, x, y)
  }

  /// y = x - max - log(sum(exp(x - max))); `y` may be `x`.
  package func logSoftmax(
    outer: Int, count: Int, inner: Int = 1, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.log_softmax(outer, count, inner, x, y)
  }

  /// y [outer][inner] = the reduction of x over the middle axis, in all columns or some.
  package func reduce(
    _ reduction: Reduction, outer: Int, count: Int, inner: Int = 1, columns: Range<Int>? = nil,
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    let columns = columns ?? 0..<inner
    table.pointee.reduce(
      reduction.c, outer, count, inner, columns.lowerBound, columns.upperBound, x, y)
  }

  /// The mean and the (biased) variance, each [outer][inner].
  package func moments(
    outer: Int, count: Int, inner: Int = 1, _ x: UnsafePointer<Float>,
    mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>
  ) {
    table.pointee.moments(outer, count, inner, x, mean, variance)
  }

  /// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta over each row; `y` may be `x`.
  package func layerNormalization(
    rows: Int, count: Int, epsilon: Float, gamma: UnsafePointer<Float>? = nil,
    beta: UnsafePointer<Float>? = nil, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.layer_norm(rows, count, epsilon, 0, gamma, beta, x, y)
  }

  /// y = x / sqrt(mean of x^2 + epsilon) * gamma over each row; `y` may be `x`.
  package func rmsNormalization(
    rows: Int, count: Int, epsilon: Float, gamma: UnsafePointer<Float>? = nil,
    beta: UnsafePointer<Float>? = nil, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.layer_norm(rows, count, epsilon, 1, gamma, beta, x, y)
  }

  /// y [rows][channels] = activation(x * scale + shift), one number of each a channel; `y` may be
  /// `x`.
  package func scaleShift(
    rows: Int, channels: Int, scale: UnsafePointer<Float>? = nil,
    shift: UnsafePointer<Float>? = nil, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, activation: Activation = .linear
  ) {
    withUnsafePointer(to: activation.c) {
      table.pointee.scale_shift(rows, channels, scale, shift, x, y, $0)
    }
  }

  /// y = max(x - tau, 0) over each row of x [rows][count]; `y` may be `x`.
  ///
  /// With s the row in descending order, c its running sums and K the n for which
  /// s[n] - (c[n] - 1) / n > 0, tau = (sum of c over K - 1) / |K|. That is Keras 3's formula; where
  /// K has more than one member it differs from the paper's, which has the last c of K there.
  package func sparsemax(
    rows: Int, count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let from = UnsafeBufferPointer(start: x + row * count, count: count)
      let to = y + row * count
      var sum: Float = 0
      var kept = 0
      var keptSum: Float = 0
      for (index, value) in from.sorted(by: >).enumerated() {
        sum += value
        guard value - (sum - 1) / Float(index + 1) > 0 else { continue }
        kept += 1
        keptSum += sum
      }
      let tau = (keptSum - 1) / Float(kept)
      for index in 0..<count {
        let value = from[index] - tau
        to[index] = value < 0 ? 0 : value
      }
    }
  }
}

import Tensors

extension Rounding {
  /// y[o, i] = Σ x[o, c, i] over c, in the order in which TensorFlow sums up one axis.
  ///
  /// Sums of neighbouring columns are taken eight at a time; columns that are left over at the end
  /// of a row are summed up one by one.
  func sums(
    _ x: UnsafePointer<Float>, outer: Int, count: Int, inner: Int,
    into y: UnsafeMutablePointer<Float>
  ) {
    let lanes = 8
    if type == .bfloat16 {
      CPUKernels.active.reduce(.sum, outer: outer, count: count, inner: inner, x, into: y)
      return round(y, count: outer * inner)
    }
    for index in 0..<outer * inner {
      if inner == 1 {
        y[index] = sum(x + index * count, count: count)
        continue
      }
      let first = index / lanes * lanes
      let isWhole = first + lanes <= outer * inner && first % inner + lanes <= inner
      let start = x + index / inner * count * inner + index % inner
      y[index] =
        isWhole && count >= 16
        ? columnSum(start, count: count, stride: inner)
        : plainSum(start, count: count, stride: inner)
    }
  }

  /// The sum of numbers that lie `stride` apart, one after the other.
  func plainSum(_ x: UnsafePointer<Float>, count: Int, stride: Int) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum = self(sum + x[index * stride]) }
    return sum
  }

  /// Divides some numbers by their length, as TensorFlow does in 16 bits.
  ///
  /// `isAlone` tells of a row that TensorFlow computes behind the last eight that it takes together.
  func normalize(
    _ x: UnsafeMutablePointer<Float>, at offsets: [Int], least: Float, isAlone: Bool
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(offsets.count, 1)) { squares in
      guard let squares = squares.baseAddress else { return }
      for (index, offset) in offsets.enumerated() {
        squares[index] = self(x[offset] * x[offset])
      }
      let factor = min(
        reciprocalRoot(total(squares, count: offsets.count), isAlone: isAlone), self(1 / least))
      for offset in offsets { x[offset] = self(x[offset] * factor) }
    }
  }

  /// Divides a row by its length.
  func normalize(_ x: UnsafeMutablePointer<Float>, count: Int, least: Float, isAlone: Bool) {
    normalize(x, at: Array(0..<count), least: least, isAlone: isAlone)
  }

  /// The sum of a row, as `reduce_sum` takes it: for bfloat16 in single precision.
  func total(_ x: UnsafePointer<Float>, count: Int) -> Float {
    guard type == .bfloat16 else { return sum(x, count: count) }
    var sum: Float = 0
    for index in 0..<count { sum += x[index] }
    return self(sum)
  }

  /// (x - mean) / √(variance + ε) · gamma + beta, as TensorFlow's `batch_normalization` steps.
  func normalize(
    _ x: Float, mean: Float, variance: Float, epsilon: Float, gamma: Float?, beta: Float?
  ) -> Float {
    var factor = reciprocalRoot(self(variance + self(epsilon)))
    if let gamma { factor = self(factor * gamma) }
    let shift = self(mean * factor)
    return self(self(x * factor) + (beta.map { self($0 - shift) } ?? -shift))
  }
}

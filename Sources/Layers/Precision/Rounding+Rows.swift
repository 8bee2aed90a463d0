import Tensors

extension Rounding {
  /// The sum of numbers that lie `stride` apart, added in the order in which TensorFlow adds a row.
  ///
  /// Eight sums run side by side, and four such sets where there are rows enough; the eight are
  /// added up in single precision, and what is left over by itself.
  func sum(_ x: UnsafePointer<Float>, count: Int, stride: Int = 1) -> Float {
    let (lanes, largest) = (8, 8 * 200)
    if count > largest {
      let half = ((count + 1) / 2 + lanes - 1) / lanes * lanes
      let first = sum(x, count: half, stride: stride)
      return self(first + sum(x + half * stride, count: count - half, stride: stride))
    }
    let packets = count / lanes
    var rest: Float = 0
    for index in packets * lanes..<count { rest = self(rest + x[index * stride]) }
    if packets == 0 { return rest }
    var total: Float = 0
    for lane in 0..<lanes {
      total += columnSum(x + lane * stride, count: packets, stride: lanes * stride)
    }
    return self(rest + self(total))
  }

  /// The sum of numbers that lie `stride` apart, four sums side by side.
  func columnSum(_ x: UnsafePointer<Float>, count: Int, stride: Int) -> Float {
    var sums = SIMD4<Float>.zero
    let whole = count / 4 * 4
    for index in 0..<whole { sums[index % 4] = self(sums[index % 4] + x[index * stride]) }
    var sum = sums[0]
    for lane in 1..<4 { sum = self(sum + sums[lane]) }
    for index in whole..<count { sum = self(sum + x[index * stride]) }
    return sum
  }

  /// y = f(x) over rows; `y` may be `x`, but not for `glu`.
  func apply(
    _ function: RowFunction, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    rows: Int, width: Int
  ) {
    let outputWidth = function.outputWidth(of: width)
    for row in 0..<rows {
      let (from, to) = (x + row * width, y + row * outputWidth)
      switch function {
      case .softmax: softmax(from, into: to, count: width)
      case .logSoftmax: logSoftmax(from, into: to, count: width)
      case .sparsemax: sparsemax(from, into: to, count: width)
      case .glu:
        for index in 0..<outputWidth {
          to[index] = self(from[index] * value(.sigmoid, from[outputWidth + index]))
        }
      }
    }
  }

  /// y = exp(x - max x) / Σ of the same; `y` may be `x`.
  func softmax(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let top = largest(x, count)
    for index in 0..<count { y[index] = exponential(self(x[index] - top)) }
    let sum = sum(y, count: count)
    let inverse = self(1 / sum)
    for index in 0..<count { y[index] = self(y[index] * inverse) }
  }

  /// y = exp(x - log Σ exp(x)), a softmax over several axes, behind which an item has `inner` more.
  func jointSoftmax(_ x: UnsafeMutablePointer<Float>, count: Int, inner: Int) {
    let top = largest(x, count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(count, 1)) { powers in
      guard let powers = powers.baseAddress else { return }
      for index in 0..<count { powers[index] = exponential(self(x[index] - top)) }
      let sum =
        inner == 1
        ? total(powers, count: count)
        : inner >= 8 && count >= 16
          ? columnSum(powers, count: count, stride: 1) : plainSum(powers, count: count, stride: 1)
      let offset = self(logarithm(sum) + top)
      for index in 0..<count { x[index] = exponential(self(x[index] - offset)) }
    }
  }

  private func logSoftmax(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let top = largest(x, count)
    let powers = [Float](unsafeUninitializedCapacity: count) { powers, filled in
      for index in 0..<count { powers[index] = exponential(self(x[index] - top)) }
      filled = count
    }
    let offset = logarithm(sum(powers, count: count))
    for index in 0..<count { y[index] = self(self(x[index] - top) - offset) }
  }

  private func sparsemax(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let sorted = UnsafeBufferPointer(start: x, count: count).sorted(by: >)
    var (sum, sums): (Float, [Float]) = (0, [])
    var size: Float = 0
    for (index, value) in sorted.enumerated() {
      sum = self(sum + value)
      let isSupport = self(value - self(self(sum - 1) / self(Float(index + 1)))) > 0
      sums.append(isSupport ? sum : 0)
      if isSupport { size += 1 }
    }
    let threshold = self(self(total(sums, count: count) - 1) / self(size))
    for index in 0..<count { y[index] = max(self(x[index] - threshold), 0) }
  }

  private func largest(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    UnsafeBufferPointer(start: x, count: count).max() ?? 0
  }
}

/// The weights by which every element of a resized axis is made of neighbouring elements of the
/// original one.
///
/// Centres lie half a pixel in, as in `tf.image.resize`, but for TensorFlow 1's ways; numbers are rounded as
/// TensorFlow's kernels round them.
struct ResampledAxis: Sendable {
  let inputCount: Int
  let outputCount: Int
  /// The input's elements for each of the output's.
  let scale: Float
  private var spans: [Range<Int>] = []
  /// The first weight of each span.
  private var starts: [Int] = []
  private var weights: [Float] = []

  /// The axis; where it `antialiases`, kernels grow with the pixels that an output stands for.
  init(
    _ interpolation: Interpolation, from inputCount: Int, to outputCount: Int,
    antialiases: Bool = false
  ) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    scale =
      interpolation.isBetweenCorners && outputCount > 1
      ? Float(inputCount - 1) / Float(outputCount - 1)
      : Float(inputCount) / Float(max(outputCount, 1))
    let kernel = antialiases ? interpolation.smoothKernel : interpolation.kernel
    for index in 0..<outputCount {
      let center = (Float(index) + 0.5) * scale
      if let kernel {
        // TensorFlow rounds output / input first, and then what 1 / that is.
        let step = Float(1 / Double(Float(outputCount) / Float(inputCount)))
        addSpan(
          around: (Float(index) + 0.5) * step, kernel, scale: antialiases ? max(step, 1) : 1)
        continue
      }
      let place = Float(index) * scale
      switch interpolation {
      case .nearest: add(nearest: Int(center))
      case .nearestFromOrigins: add(nearest: Int(place))
      case .nearestBetweenCorners: add(nearest: Int(place.rounded()))
      case .bilinearFromOrigins, .bilinearBetweenCorners: addLinearSpan(at: place)
      case .area, .areaBetweenCorners: addArea(from: place, to: Float(index + 1) * scale)
      case .bicubic: addCubicSpan(at: center - 0.5)
      case .bicubicFromOrigins, .bicubicBetweenCorners: addOldCubicSpan(at: place)
      default: addLinearSpan(at: center - 0.5)
      }
    }
  }

  /// y = the weighted sum of the elements that make up the given one, each `count` numbers.
  func blend(
    _ index: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    y.update(repeating: 0, count: count)
    forEachTap(of: index) { source, weight in
      let row = x + source * count
      for place in 0..<count { y[place] += weight * row[place] }
    }
  }

  /// The two elements between which the given one lies, and its share of the second.
  func neighbours(of index: Int) -> (first: Int, second: Int, fraction: Float) {
    let span = spans[index]
    return (
      span.lowerBound, span.upperBound - 1,
      span.count > 1 ? weights[starts[index] + span.count - 1] : 0
    )
  }

  /// Calls `body` with the elements that make up the given one, and their weights.
  func forEachTap(of index: Int, _ body: (_ source: Int, _ weight: Float) -> Void) {
    for (tap, source) in spans[index].enumerated() { body(source, weights[starts[index] + tap]) }
  }
}

extension ResampledAxis {
  private mutating func add(_ span: Range<Int>, _ weights: [Float]) {
    spans.append(span)
    starts.append(self.weights.count)
    self.weights += weights
  }

  /// The pixel in which a centre lies.
  private mutating func add(nearest index: Int) {
    let source = min(max(index, 0), inputCount - 1)
    add(source..<(source + 1), [1])
  }

  /// All pixels between two places, those at the ends by the part of them that is between: a sum,
  /// which is not a mean yet.
  ///
  /// TensorFlow: `ResizeArea`.
  private mutating func addArea(from start: Float, to end: Float) {
    let first = Int(start.rounded(.down))
    let last = max(Int(end.rounded(.up)), first + 1)
    var weights = (first..<last).map { index -> Float in
      let (left, right) = (Float(index), Float(index + 1))
      return left < start && right > end ? scale : min(right, end) - max(left, start)
    }
    // Rounding may lead beyond the edge, where the edge is.
    while first + weights.count > inputCount, weights.count > 1 {
      let beyond = weights.removeLast()
      weights[weights.count - 1] += beyond
    }
    add(first..<(first + weights.count), weights)
  }

  /// Two neighbours; beyond the edge, the edge.
  ///
  /// TensorFlow: `ResizeBilinear`.
  private mutating func addLinearSpan(at position: Float) {
    let floor = position.rounded(.down)
    let lower = max(Int(floor), 0)
    let upper = min(Int(position.rounded(.up)), inputCount - 1)
    let fraction = position - floor
    guard lower < upper else { return add(lower..<(lower + 1), [1]) }
    add(lower..<(upper + 1), [1 - fraction, fraction])
  }

  /// Four neighbours under Keys's cubic, those beyond the edge left out.
  ///
  /// Fractions are rounded to 1024ths. TensorFlow: `ResizeBicubic` with half-pixel centres.
  private mutating func addCubicSpan(at position: Float) {
    let floor = position.rounded(.down)
    let fraction = ((position - floor) * 1024).rounded(.toNearestOrEven) / 1024
    let first = Int(floor) - 1
    let all = [1 + fraction, fraction, 1 - fraction, 2 - fraction].map(Interpolation.keys)
    addNormalized((first..<(first + 4)).clamped(to: 0..<inputCount)) { all[$0 - first] }
  }

  /// Four neighbours under the cubic with a = -3/4, the edge in place of those beyond it.
  ///
  /// TensorFlow: `ResizeBicubic` without half-pixel centres.
  private mutating func addOldCubicSpan(at position: Float) {
    let floor = position.rounded(.down)
    let fraction = ((position - floor) * 1024).rounded(.toNearestOrEven) / 1024
    let first = Int(floor) - 1
    let places = (first..<(first + 4)).map { min(max($0, 0), inputCount - 1) }
    var weights = Array(repeating: Float(0), count: places[3] - places[0] + 1)
    for (place, distance) in zip(places, [1 + fraction, fraction, 1 - fraction, 2 - fraction]) {
      weights[place - places[0]] += Self.oldCubic(Double(distance))
    }
    add(places[0]..<(places[3] + 1), weights)
  }

  private static func oldCubic(_ x: Double) -> Float {
    let a = -0.75
    return Float(
      x <= 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a)
  }

  /// All neighbours within a kernel's radius.
  ///
  /// TensorFlow: `ScaleAndTranslate`.
  private mutating func addSpan(
    around center: Float, _ kernel: Interpolation.Kernel, scale: Float
  ) {
    let radius = kernel.radius * scale
    let first = Int((center - radius - 0.5).rounded(.up))
    let last = Int((center + radius - 0.5).rounded(.down))
    let span = (min(max(first, 0), inputCount - 1))..<(min(max(last, 0), inputCount - 1) + 1)
    let inverse = 1 / scale
    addNormalized(span) { kernel.weight(abs((Float($0) + 0.5 - center) * inverse)) }
  }

  private mutating func addNormalized(_ span: Range<Int>, _ weight: (Int) -> Float) {
    let weights = span.map(weight)
    let sum = weights.reduce(0, +)
    let isSound = abs(sum) >= 1000 * Float.leastNormalMagnitude
    let inverse = 1 / sum
    add(span, isSound ? weights.map { $0 * inverse } : weights)
  }
}

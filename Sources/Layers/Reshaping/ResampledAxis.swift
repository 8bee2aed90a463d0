/// The weights by which every element of a resized axis is made of neighbouring elements of the
/// original one.
///
/// Centres lie half a pixel in, as in `tf.image.resize` without antialias; numbers are rounded as
/// TensorFlow's kernels round them.
struct ResampledAxis: Sendable {
  let inputCount: Int
  let outputCount: Int
  private var spans: [Range<Int>] = []
  /// The first weight of each span.
  private var starts: [Int] = []
  private var weights: [Float] = []

  init(_ interpolation: Interpolation, from inputCount: Int, to outputCount: Int) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    let scale = Float(inputCount) / Float(max(outputCount, 1))
    for index in 0..<outputCount {
      let center = (Float(index) + 0.5) * scale
      if let kernel = interpolation.kernel {
        addSpan(around: center, kernel)
      } else if interpolation == .bicubic {
        addCubicSpan(at: center - 0.5)
      } else {
        addLinearSpan(at: center - 0.5)
      }
    }
  }

  /// y = the weighted sum of the elements that make up the given one, each `count` numbers.
  func blend(
    _ index: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    y.update(repeating: 0, count: count)
    for (tap, source) in spans[index].enumerated() {
      let weight = weights[starts[index] + tap]
      let row = x + source * count
      for place in 0..<count { y[place] += weight * row[place] }
    }
  }
}

extension ResampledAxis {
  private mutating func add(_ span: Range<Int>, _ weights: [Float]) {
    spans.append(span)
    starts.append(self.weights.count)
    self.weights += weights
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
    let all = [1 + fraction, fraction, 1 - fraction, 2 - fraction].map(Self.cubic)
    addNormalized((first..<(first + 4)).clamped(to: 0..<inputCount)) { all[$0 - first] }
  }

  /// Keys's cubic with a = -1/2, at distances from 0 to 2.
  private static func cubic(_ x: Float) -> Float {
    x <= 1
      ? ((1.5 * x - 2.5) * x) * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
  }

  /// All neighbours within a kernel's radius.
  ///
  /// TensorFlow: `ScaleAndTranslate`.
  private mutating func addSpan(around center: Float, _ kernel: Interpolation.Kernel) {
    let first = Int((center - kernel.radius - 0.5).rounded(.up))
    let last = Int((center + kernel.radius - 0.5).rounded(.down))
    let span = (min(max(first, 0), inputCount - 1))..<(min(max(last, 0), inputCount - 1) + 1)
    addNormalized(span) { kernel.weight(abs(Float($0) + 0.5 - center)) }
  }

  private mutating func addNormalized(_ span: Range<Int>, _ weight: (Int) -> Float) {
    let weights = span.map(weight)
    let sum = weights.reduce(0, +)
    let isSound = abs(sum) >= 1000 * Float.leastNormalMagnitude
    add(span, isSound ? weights.map { $0 / sum } : weights)
  }
}

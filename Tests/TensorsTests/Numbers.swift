import Tensors

/// Random numbers that are the same in every run.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Numbers between -1 and 1.
  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}

/// The largest difference between numbers and double-precision references, in units of the largest
/// reference; infinite where their counts differ or one is NaN.
func farthest(_ values: [Float], _ references: [Double]) -> Double {
  guard values.count == references.count else { return .infinity }
  let scale = references.reduce(1e-30) { max($0, abs($1)) }
  var farthest = 0.0
  for (value, reference) in zip(values, references) {
    let difference = abs(Double(value) - reference)
    guard difference.isFinite else { return .infinity }
    farthest = max(farthest, difference / scale)
  }
  return farthest
}

/// How many single-precision numbers lie between two, either of which may be infinite.
func steps(_ a: Float, _ b: Float) -> Int {
  func rank(_ x: Float) -> Int {
    let magnitude = Int(x.magnitude.bitPattern)
    return x.sign == .minus ? -magnitude : magnitude
  }
  return abs(rank(a) - rank(b))
}

/// Counts of numbers by their size, as Prometheus takes them.
struct Histogram: Sendable {
  /// The greatest number of each class but the last, which takes any.
  let bounds: [Double]
  /// How many numbers each class has.
  private(set) var counts: [Int]
  /// The sum of all numbers.
  private(set) var sum = 0.0

  /// How many numbers there are.
  var count: Int { counts.reduce(0, +) }

  init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// A histogram of seconds, from a tenth of a millisecond to ten seconds.
  static var seconds: Histogram {
    Histogram(bounds: [
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
      10,
    ])
  }

  /// Adds a number.
  mutating func add(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }
}

import Foundation
import Tensors
import Testing

/// Softmax, reductions and normalisation, along the last axis and along one inside.
@Suite struct RowTests {
  struct Block: Sendable, CustomStringConvertible {
    let outer: Int
    let count: Int
    let inner: Int
    var description: String { "[\(outer)][\(count)][\(inner)]" }
    var elements: Int { outer * count * inner }

    /// The places of each row's elements.
    var rows: [[Int]] {
      (0..<outer).flatMap { o in
        (0..<inner).map { i in (0..<count).map { (o * count + $0) * inner + i } }
      }
    }
  }

  static let blocks = [
    Block(outer: 3, count: 10, inner: 1), Block(outer: 2, count: 67, inner: 1),
    Block(outer: 1, count: 1, inner: 1), Block(outer: 2, count: 5, inner: 3),
    Block(outer: 2, count: 4, inner: 37), Block(outer: 1, count: 130, inner: 8),
  ]

  /// What `kernel` writes, and rows of double-precision inputs.
  private func run(
    _ block: Block, in range: ClosedRange<Float> = -4...4, outputs: Int? = nil,
    _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> (y: [Float], rows: [[Double]]) {
    var numbers = Numbers(seed: UInt64(block.elements))
    let x = numbers.floats(block.elements, in: range)
    var y = [Float](repeating: .nan, count: outputs ?? block.elements)
    kernel(x, &y)
    return (y, block.rows.map { $0.map { Double(x[$0]) } })
  }

  /// Rows put back to where their elements came from.
  private func placed(_ rows: [[Double]], _ block: Block) -> [Double] {
    var all = [Double](repeating: 0, count: block.elements)
    for (places, row) in zip(block.rows, rows) {
      for (place, value) in zip(places, row) { all[place] = value }
    }
    return all
  }

  @Test(arguments: CPUKernels.available, blocks)
  func softmaxIsRight(kernels: CPUKernels, block: Block) {
    let plain = run(block, in: -30...30) {
      kernels.softmax(outer: block.outer, count: block.count, inner: block.inner, $0, into: $1)
    }
    let expected = plain.rows.map { row in
      let total = row.reduce(0) { $0 + exp($1) }
      return row.map { exp($0) / total }
    }
    #expect(farthest(plain.y, placed(expected, block)) < 1e-6)
    let logarithm = run(block, in: -30...30) {
      kernels.logSoftmax(outer: block.outer, count: block.count, inner: block.inner, $0, into: $1)
    }
    #expect(farthest(logarithm.y, placed(expected.map { $0.map { log($0) } }, block)) < 1e-6)
  }

  @Test(arguments: CPUKernels.available)
  func softmaxGivesNoWeightToMinusInfinity(kernels: CPUKernels) {
    var y: [Float] = [0, 0, 0]
    kernels.softmax(outer: 1, count: 3, [1, -.infinity, 1], into: &y)
    #expect(y == [0.5, 0, 0.5])
    kernels.softmax(outer: 1, count: 3, [1, .nan, 1], into: &y)
    #expect(y.allSatisfy { $0.isNaN })
  }

  @Test(arguments: CPUKernels.available, blocks)
  func reductionsAreRight(kernels: CPUKernels, block: Block) {
    let formulas: [Reduction: ([Double]) -> Double] = [
      .sum: { $0.reduce(0, +) }, .mean: { $0.reduce(0, +) / Double($0.count) },
      .max: { $0.max() ?? 0 }, .min: { $0.min() ?? 0 }, .product: { $0.reduce(1, *) },
    ]
    #expect(formulas.count == Reduction.allCases.count)
    for (reduction, formula) in formulas {
      let (y, rows) = run(block, in: 0.5...1.5, outputs: block.outer * block.inner) {
        kernels.reduce(
          reduction, outer: block.outer, count: block.count, inner: block.inner, $0, into: $1)
      }
      #expect(farthest(y, rows.map(formula)) < 3e-6, "\(reduction)")
    }
  }

  @Test(arguments: CPUKernels.available)
  func extremaPassNaNOn(kernels: CPUKernels) {
    for place in 0..<20 {
      var x = [Float](repeating: 1, count: 20)
      x[place] = .nan
      var y: [Float] = [0, 0]
      for reduction in [Reduction.max, .min] {
        kernels.reduce(reduction, outer: 1, count: 20, x, into: &y)
        #expect(y[0].isNaN)
        kernels.reduce(reduction, outer: 1, count: 10, inner: 2, x, into: &y)
        #expect(y[place % 2].isNaN)
      }
    }
  }

  @Test(arguments: CPUKernels.available, blocks)
  func momentsAreRight(kernels: CPUKernels, block: Block) {
    let count = block.outer * block.inner
    var variance = [Float](repeating: .nan, count: count)
    let (mean, rows) = run(block, outputs: count) {
      kernels.moments(
        outer: block.outer, count: block.count, inner: block.inner, $0, mean: $1,
        variance: &variance)
    }
    #expect(farthest(mean, rows.map(Self.mean)) < 1e-6)
    #expect(farthest(variance, rows.map(Self.variance)) < 1e-6)
  }

  /// A picture has a hundred thousand pixels: rounding errors must not grow with their number.
  @Test(
    arguments: CPUKernels.available,
    [Block(outer: 1, count: 300_007, inner: 1), Block(outer: 1, count: 100_003, inner: 3)])
  func longMeansStayExact(kernels: CPUKernels, block: Block) {
    var variance = [Float](repeating: .nan, count: block.inner)
    let (mean, rows) = run(block, in: 1...2, outputs: block.inner) {
      kernels.moments(
        outer: 1, count: block.count, inner: block.inner, $0, mean: $1, variance: &variance)
    }
    #expect(farthest(mean, rows.map(Self.mean)) < 2e-6)
    #expect(farthest(variance, rows.map(Self.variance)) < 2e-6)
  }

  @Test(arguments: CPUKernels.available)
  func columnsAreReducedApart(kernels: CPUKernels) {
    var numbers = Numbers(seed: 11)
    let x = numbers.floats(5 * 100)
    var (whole, parts) = ([Float](repeating: 0, count: 100), [Float](repeating: 0, count: 100))
    kernels.reduce(.mean, outer: 1, count: 5, inner: 100, x, into: &whole)
    for columns in [0..<64, 64..<67, 67..<100] {
      kernels.reduce(.mean, outer: 1, count: 5, inner: 100, columns: columns, x, into: &parts)
    }
    #expect(parts == whole)
  }

  private static func mean(_ row: [Double]) -> Double { row.reduce(0, +) / Double(row.count) }
  private static func variance(_ row: [Double]) -> Double {
    let center = mean(row)
    return mean(row.map { ($0 - center) * ($0 - center) })
  }

  @Test(arguments: CPUKernels.available, [1, 7, 16, 133])
  func normalizationIsRight(kernels: CPUKernels, count: Int) {
    let block = Block(outer: 3, count: count, inner: 1)
    var numbers = Numbers(seed: 10)
    let gamma = numbers.floats(count)
    let beta = numbers.floats(count)
    for isCentred in [true, false] {
      let (y, rows) = run(block, in: 2...5) { x, y in
        let normalize =
          isCentred ? kernels.layerNormalization : kernels.rmsNormalization
        normalize(3, count, 0.01, gamma, beta, x, y)
      }
      let expected = rows.map { row in
        let center = isCentred ? Self.mean(row) : 0
        let spread = Self.mean(row.map { ($0 - center) * ($0 - center) })
        return row.enumerated().map { index, x in
          (x - center) / (spread + 0.01).squareRoot() * Double(gamma[index]) + Double(beta[index])
        }
      }
      #expect(farthest(y, placed(expected, block)) < 2e-6)
    }
  }

  @Test(arguments: CPUKernels.available, [1, 7, 16, 45])
  func scaleAndShiftAreRight(kernels: CPUKernels, channels: Int) {
    let block = Block(outer: 5, count: channels, inner: 1)
    var numbers = Numbers(seed: 11)
    let scale = numbers.floats(channels)
    let shift = numbers.floats(channels)
    for activation in [Activation.linear, .relu(), .tanh] {
      let (y, rows) = run(block) {
        kernels.scaleShift(
          rows: 5, channels: channels, scale: scale, shift: shift, $0, into: $1,
          activation: activation)
      }
      let expected = rows.map { row in
        row.indices.map {
          Formulas.value(activation, row[$0] * Double(scale[$0]) + Double(shift[$0]))
        }
      }
      #expect(farthest(y, placed(expected, block)) < 1e-6)
    }
  }

  @Test func sparsemaxTakesKerasThreshold() {
    let x: [Float] = [0.1, 1.1, 0.2, 2.0, 2.0, 2.0]
    var y = [Float](repeating: 0, count: 6)
    CPUKernels.active.sparsemax(rows: 2, count: 3, x, into: &y)
    // Row 1: 1.1 and 0.2 are in K, tau = (1.1 + 1.3 - 1) / 2. Row 2: tau = (2 + 4 + 6 - 1) / 3.
    #expect(farthest(y, [0, 0.4, 0, 0, 0, 0]) < 1e-6)
  }
}

import Tensors
import Testing

@Suite struct ProductTests {
  struct Sizes: Sendable, CustomStringConvertible {
    let m: Int
    let n: Int
    let k: Int
    var description: String { "\(m)x\(n)x\(k)" }
  }

  /// One of each kind of tile, panel and block, and every empty or single size.
  static let sizes: [Sizes] = {
    var numbers = Numbers(seed: 3)
    let random = (0..<12).map { _ in
      Sizes(
        m: .random(in: 1...40, using: &numbers), n: .random(in: 1...70, using: &numbers),
        k: .random(in: 1...50, using: &numbers))
    }
    return random + [
      Sizes(m: 1, n: 1, k: 1), Sizes(m: 1, n: 130, k: 37), Sizes(m: 2, n: 67, k: 19),
      Sizes(m: 3, n: 100, k: 11), Sizes(m: 5, n: 7, k: 0), Sizes(m: 0, n: 5, k: 3),
      Sizes(m: 4, n: 0, k: 3), Sizes(m: 7, n: 33, k: 1030), Sizes(m: 1, n: 40, k: 1300),
      Sizes(m: 130, n: 3, k: 9), Sizes(m: 29, n: 24, k: 40), Sizes(m: 13, n: 8, k: 20),
      Sizes(m: 15, n: 12, k: 9), Sizes(m: 1, n: 12, k: 35), Sizes(m: 1, n: 1, k: 64),
      Sizes(m: 9, n: 1, k: 101), Sizes(m: 6, n: 2, k: 160), Sizes(m: 5, n: 3, k: 333),
      Sizes(m: 4, n: 4, k: 512), Sizes(m: 3, n: 10, k: 777), Sizes(m: 7, n: 7, k: 1030),
    ]
  }()

  @Test(arguments: CPUKernels.available, sizes)
  func aProductWithItsEpilogueIsRight(kernels: CPUKernels, sizes: Sizes) {
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    var numbers = Numbers(seed: UInt64(m * 1000 + n * 10 + k))
    // Rows lie farther apart than they are long, so that a stride taken for a length shows.
    let (aStride, bStride, cStride, rStride) = (k + 3, n + 2, n + 5, n + 1)
    let a = numbers.floats(m * aStride + 1)
    let b = numbers.floats(k * bStride + 1)
    let bias = numbers.floats(n + 1)
    let residual = numbers.floats(m * rStride + 1)
    let weights = PackedMatrix(rows: k, columns: n, from: b, rowStride: bStride, kernels: kernels)
    for variant in Variant.all {
      var c = [Float](repeating: 7, count: m * cStride + 1)
      bias.withUnsafeBufferPointer { bias in
        residual.withUnsafeBufferPointer { residual in
          let epilogue = Epilogue(
            bias: variant.hasBias ? bias.baseAddress : nil,
            residual: variant.hasResidual ? residual.baseAddress : nil, residualStride: rStride,
            activation: variant.activation)
          kernels.product(
            rows: 0..<m, columns: 0..<n, a: a, aStride: aStride, weights: weights, c: &c,
            cStride: cStride, epilogue: epilogue)
        }
      }
      var expected = [Double](repeating: 7, count: m * cStride + 1)
      for i in 0..<m {
        for j in 0..<n {
          var sum = 0.0
          for q in 0..<k { sum += Double(a[i * aStride + q]) * Double(b[q * bStride + j]) }
          if variant.hasBias { sum += Double(bias[j]) }
          if variant.hasResidual { sum += Double(residual[i * rStride + j]) }
          expected[i * cStride + j] = Formulas.value(variant.activation, sum)
        }
      }
      #expect(farthest(c, expected) < 2e-6, "\(variant)")
    }
  }

  struct Variant {
    let hasBias: Bool
    let hasResidual: Bool
    let activation: Activation

    static let all = [
      Variant(hasBias: false, hasResidual: false, activation: .linear),
      Variant(hasBias: true, hasResidual: false, activation: .relu()),
      Variant(hasBias: true, hasResidual: true, activation: .relu(maxValue: 0.5)),
      Variant(hasBias: false, hasResidual: true, activation: .sigmoid),
      Variant(hasBias: true, hasResidual: true, activation: .relu(negativeSlope: 0.1)),
    ]
  }

  @Test(arguments: CPUKernels.available)
  func partsOfAProductMakeUpTheWhole(kernels: CPUKernels) {
    let (m, n, k) = (23, 3 * kernels.panelWidth - 5, 17)
    var numbers = Numbers(seed: 4)
    let a = numbers.floats(m * k)
    let bias = numbers.floats(n)
    let weights = PackedMatrix(rows: k, columns: n, numbers.floats(k * n), kernels: kernels)
    var whole = [Float](repeating: 0, count: m * n)
    var parts = whole
    bias.withUnsafeBufferPointer { bias in
      let epilogue = Epilogue(bias: bias.baseAddress, activation: .tanh)
      kernels.product(
        rows: 0..<m, columns: 0..<n, a: a, aStride: k, weights: weights, c: &whole, cStride: n,
        epilogue: epilogue)
      for rows in [0..<9, 9..<m] {
        for columns in [0..<kernels.panelWidth, kernels.panelWidth..<n] {
          kernels.product(
            rows: rows, columns: columns, a: a, aStride: k, weights: weights, c: &parts,
            cStride: n, epilogue: epilogue)
        }
      }
    }
    #expect(parts == whole)
  }

  @Test(arguments: CPUKernels.available)
  func theResidualMayBeTheOutput(kernels: CPUKernels) {
    let (m, n, k) = (9, 21, 1100)
    var numbers = Numbers(seed: 5)
    let a = numbers.floats(m * k)
    let b = numbers.floats(k * n)
    let start = numbers.floats(m * n)
    let weights = PackedMatrix(rows: k, columns: n, b, kernels: kernels)
    var c = start
    c.withUnsafeMutableBufferPointer { c in
      guard let base = c.baseAddress else { return }
      kernels.product(
        rows: 0..<m, columns: 0..<n, a: a, aStride: k, weights: weights, c: base, cStride: n,
        epilogue: Epilogue(residual: UnsafePointer(base), residualStride: n))
    }
    var expected = start.map(Double.init)
    for i in 0..<m {
      for q in 0..<k {
        for j in 0..<n { expected[i * n + j] += Double(a[i * k + q]) * Double(b[q * n + j]) }
      }
    }
    #expect(farthest(c, expected) < 2e-6)
  }

  @Test(arguments: CPUKernels.available)
  func aTransposedMatrixPacksToTheSamePanels(kernels: CPUKernels) {
    let (k, n) = (13, 45)
    var numbers = Numbers(seed: 6)
    let b = numbers.floats(k * n)
    let transposed = (0..<n).flatMap { j in (0..<k).map { b[$0 * n + j] } }
    let plain = PackedMatrix(rows: k, columns: n, b, kernels: kernels)
    let turned = PackedMatrix(
      rows: k, columns: n, from: transposed, rowStride: 1, columnStride: k, kernels: kernels)
    let count = kernels.packedCount(rows: k, columns: n)
    let (first, second) = (plain.panels(), turned.panels())
    #expect((0..<count).allSatisfy { first[$0] == second[$0] })
  }

  @Test func kernelsAreFoundByName() {
    #expect(CPUKernels(named: "portable")?.name == "portable")
    #expect(CPUKernels(named: "abacus") == nil)
    #expect(CPUKernels.available.contains(.active))
  }
}

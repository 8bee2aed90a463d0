import Foundation
import Tensors
import Testing

/// Attention of one head against its formula in double precision.
@Suite struct AttentionTests {
  struct Case: Sendable, CustomStringConvertible {
    var queries: Int
    var keys: Int
    var keySize: Int
    var valueSize: Int
    var before: Int?
    var after: Int?
    var isAdditive = false
    var description: String {
      "\(queries)x\(keys), \(keySize) and \(valueSize), before \(before ?? -1), "
        + "after \(after ?? -1)\(isAdditive ? ", additive" : "")"
    }
  }

  static let cases = [
    Case(queries: 1, keys: 1, keySize: 1, valueSize: 1),
    Case(queries: 70, keys: 37, keySize: 5, valueSize: 67),
    Case(queries: 33, keys: 2, keySize: 16, valueSize: 16),
    Case(queries: 64, keys: 64, keySize: 32, valueSize: 32, after: 0),
    Case(queries: 45, keys: 50, keySize: 8, valueSize: 24, before: 3, after: 3),
    Case(queries: 90, keys: 40, keySize: 3, valueSize: 7, before: 5, after: 0),
    Case(queries: 8, keys: 5, keySize: 3, valueSize: 3, before: 5, after: 5),
    Case(queries: 35, keys: 11, keySize: 17, valueSize: 5, isAdditive: true),
  ]

  /// Which keys a mask leaves: all, some for every query alike, some queries, or both at random.
  enum Mask: CaseIterable {
    case none
    case keys
    case queries
    case both

    func keeps(_ query: Int, _ key: Int) -> Bool {
      switch self {
      case .none: true
      case .keys: key % 3 != 1
      case .queries: query % 4 != 2
      case .both: query % 7 != 3 && (query * 31 + key * 17) % 5 != 0
      }
    }
  }

  @Test(arguments: CPUKernels.available, cases)
  func anOutputIsTheWeightedMeanOfTheValuesThatAQueryMaySee(kernels: CPUKernels, given: Case) {
    for mask in Mask.allCases {
      for unseeing in AttentionShape.Unseeing.allCases {
        let problem = Problem(given, mask, unseeing, kernels)
        let found = problem.run(kernels)
        let expected = problem.expected()
        #expect(farthest(found.out, expected.out) < 2e-6, "\(mask), \(unseeing)")
        #expect(farthest(found.scores, expected.scores) < 2e-6, "\(mask), \(unseeing)")
      }
    }
  }

  @Test(arguments: CPUKernels.available)
  func scoresFarApartDoNotOverflow(kernels: CPUKernels) {
    var problem = Problem(
      Case(queries: 20, keys: 30, keySize: 4, valueSize: 9), .none, .zero, kernels)
    problem.shape.scale = 400
    #expect(farthest(problem.run(kernels).out, problem.expected().out) < 1e-4)
  }
}

/// Random rows of one head, some bytes apart, and the formula.
private struct Problem {
  var shape: AttentionShape
  let mask: AttentionTests.Mask
  private let q: [Float]
  private let k: [Float]
  private let v: [Float]
  let tanhWeights: [Float]
  let keep: [UInt8]
  let padded: Int
  private let qStride: Int
  private let kStride: Int
  private let vStride: Int

  init(
    _ given: AttentionTests.Case, _ mask: AttentionTests.Mask,
    _ unseeing: AttentionShape.Unseeing, _ kernels: CPUKernels
  ) {
    shape = AttentionShape(
      queries: given.queries, keys: given.keys, keySize: given.keySize,
      valueSize: given.valueSize)
    (shape.before, shape.after, shape.unseeing) = (given.before, given.after, unseeing)
    shape.scale = 0.7
    (qStride, kStride, vStride) = (given.keySize + 3, given.keySize + 1, given.valueSize + 2)
    var numbers = Numbers(seed: UInt64(given.queries * 100 + given.keys))
    q = numbers.floats(given.queries * qStride, in: -2...2)
    k = numbers.floats(given.keys * kStride, in: -2...2)
    // Nothing follows the last value, so that reading on shows.
    v = numbers.floats((given.keys - 1) * vStride + given.valueSize)
    tanhWeights = given.isAdditive ? numbers.floats(given.keySize) : []
    if given.isAdditive {
      shape.score = .tanh(weights: Tensor([given.keySize], tanhWeights), factor: 1.3)
    }
    let width = kernels.panelWidth
    padded = (given.queries + width - 1) / width * width
    self.mask = mask
    switch mask {
    case .none: keep = []
    case .keys: keep = (0..<given.keys).map { mask.keeps(0, $0) ? 1 : 0 }
    case .queries: keep = (0..<padded).map { mask.keeps($0, 0) ? 1 : 0 }
    case .both:
      let width = padded
      keep = (0..<given.keys * width).map { mask.keeps($0 % width, $0 / width) ? 9 : 0 }
    }
  }

  func run(_ kernels: CPUKernels) -> (out: [Float], scores: [Float]) {
    var out = [Float](repeating: .nan, count: shape.queries * shape.valueSize)
    var scores = [Float](repeating: .nan, count: shape.queries * shape.keys)
    let rows = [q, k, v].map { Tensor([$0.count], $0) }
    let work = Tensor(
      [shape.workCount(kernels)], [Float](repeating: .nan, count: shape.workCount(kernels)))
    defer { withExtendedLifetime((rows, work)) {} }
    out.withUnsafeMutableBufferPointer { out in
      scores.withUnsafeMutableBufferPointer { scores in
        keep.withUnsafeBufferPointer { keep in
          guard let start = out.baseAddress else { return }
          var head = AttentionHead(
            q: rows[0].start, qStride: qStride, k: rows[1].start, kStride: kStride,
            v: rows[2].start, vStride: vStride, out: start, outStride: shape.valueSize,
            scores: scores.baseAddress)
          if let bytes = keep.baseAddress, mask != .none {
            head.keep = AttentionHead.Keep(
              start: bytes, queryStride: mask == .keys ? 0 : 1,
              keyStride: mask == .keys ? 1 : mask == .both ? padded : 0)
          }
          // In two parts, as threads share a head.
          let middle = min(kernels.panelWidth, shape.queries)
          kernels.attend(shape, head, queries: 0..<middle, work: work.start)
          kernels.attend(shape, head, queries: middle..<shape.queries, work: work.start)
        }
      }
    }
    return (out, scores)
  }

  func expected() -> (out: [Double], scores: [Double]) {
    var (out, scores): ([Double], [Double]) = ([], [])
    for query in 0..<shape.queries {
      let weights = weights(of: query)
      scores += weights
      for column in 0..<shape.valueSize {
        out.append(
          (0..<shape.keys).reduce(0) { $0 + weights[$1] * Double(v[$1 * vStride + column]) })
      }
    }
    return (out, scores)
  }

  private func weights(of query: Int) -> [Double] {
    let all = (0..<shape.keys).map { Double(shape.scale) * score(query, $0) }
    let seen = (0..<shape.keys).map { key in
      mask.keeps(query, key) && key >= query - (shape.before ?? 9999)
        && key <= query + (shape.after ?? 9999)
    }
    if seen.contains(true) {
      let largest = zip(all, seen).reduce(-Double.infinity) { $1.1 ? max($0, $1.0) : $0 }
      return normalized(zip(all, seen).map { $1 ? exp($0 - largest) : 0 })
    }
    switch shape.unseeing {
    case .zero: return all.map { _ in 0 }
    case .uniform: return normalized(all.map { _ in 1 })
    case .scores: return normalized(all.map { exp($0 - (all.max() ?? 0)) })
    case .shifted:
      let shifted = all.map { Double(Float($0) - 1e9) }
      return normalized(shifted.map { exp($0 - (shifted.max() ?? 0)) })
    }
  }

  private func normalized(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private func score(_ query: Int, _ key: Int) -> Double {
    (0..<shape.keySize).reduce(0) { sum, index in
      let (a, b) = (Double(q[query * qStride + index]), Double(k[key * kStride + index]))
      return sum + (tanhWeights.isEmpty ? a * b : Double(tanhWeights[index]) * tanh(1.3 * (a + b)))
    }
  }
}

extension Tensor {
  /// The first number.
  fileprivate var start: UnsafeMutablePointer<Float> {
    guard let start = storage.bytes.baseAddress else { preconditionFailure("no numbers") }
    return start.assumingMemoryBound(to: Float.self)
  }
}

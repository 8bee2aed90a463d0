import Foundation
import Tensors
import Testing

@Suite struct BroadcastTests {
  struct Pair: Sendable, CustomStringConvertible {
    let a: Shape
    let b: Shape
    let result: Shape?
    var description: String { "\(a) and \(b)" }
  }

  static let pairs = [
    Pair(a: [2, 3], b: [2, 3], result: [2, 3]), Pair(a: [], b: [4], result: [4]),
    Pair(a: [], b: [], result: []), Pair(a: [5, 1, 7], b: [3, 1], result: [5, 3, 7]),
    Pair(a: [4, 3, 2], b: [2], result: [4, 3, 2]), Pair(a: [4, 1], b: [1, 19], result: [4, 19]),
    Pair(a: [2, 1, 3, 1], b: [4, 1, 5], result: [2, 4, 3, 5]),
    Pair(a: [0, 3], b: [1, 3], result: [0, 3]),
    Pair(a: [2, 9, 1], b: [2, 1, 1], result: [2, 9, 1]),
    Pair(a: [2, 3], b: [3, 2], result: nil), Pair(a: [4], b: [5], result: nil),
  ]

  @Test(arguments: pairs)
  func shapesBroadcastByNumPysRule(pair: Pair) {
    #expect(broadcastShape(pair.a, pair.b) == pair.result)
    #expect(broadcastShape(pair.b, pair.a) == pair.result)
    #expect(Broadcast(pair.a, pair.b)?.shape == pair.result)
  }

  @Test(arguments: CPUKernels.available, pairs.filter { $0.result != nil })
  func bothSidesAreRepeatedWhereTheyMustBe(kernels: CPUKernels, pair: Pair) throws {
    let broadcast = try #require(Broadcast(pair.a, pair.b))
    var numbers = Numbers(seed: 12)
    let a = numbers.floats(pair.a.elementCount)
    let b = numbers.floats(pair.b.elementCount)
    var y = [Float](repeating: .nan, count: broadcast.shape.elementCount)
    kernels.binary(.subtract, broadcast, a, b, into: &y)
    for place in y.indices {
      let index = broadcast.shape.index(ofElement: place)
      #expect(y[place] == a[Self.place(index, pair.a)] - b[Self.place(index, pair.b)])
    }
  }

  /// Where the element of a broadcast shape's index lies in a tensor of `shape`.
  private static func place(_ index: [Int], _ shape: Shape) -> Int {
    let own = index.suffix(shape.rank)
    return zip(own, zip(shape.dimensions, shape.strides)).reduce(0) {
      $0 + ($1.1.0 == 1 ? 0 : $1.0 * $1.1.1)
    }
  }

  @Test(arguments: CPUKernels.available, BinaryOperation.allCases)
  func operationsAreRight(kernels: CPUKernels, op: BinaryOperation) {
    var numbers = Numbers(seed: 13)
    for count in [1, 8, 21] {
      let isPower = op == .power
      let a = numbers.floats(count, in: isPower ? 0.1...3 : -5...5)
      let b = numbers.floats(count, in: -3 ... -0.5) + numbers.floats(count, in: 0.5...3)
      for (advancesA, advancesB, shift) in [
        (true, true, 0), (false, true, count), (true, false, count), (false, false, 0),
      ] {
        var y = [Float](repeating: .nan, count: count)
        b.withUnsafeBufferPointer { b in
          guard let start = b.baseAddress else { return }
          kernels.binary(
            op, count: count, a, advancesA: advancesA, start + shift, advancesB: advancesB,
            into: &y)
        }
        let expected = (0..<count).map {
          Self.value(op, Double(a[advancesA ? $0 : 0]), Double(b[(advancesB ? $0 : 0) + shift]))
        }
        #expect(farthest(y, expected) < 1e-6)
      }
    }
  }

  private static func value(_ op: BinaryOperation, _ a: Double, _ b: Double) -> Double {
    switch op {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    case .power: pow(a, b)
    case .squaredDifference: (a - b) * (a - b)
    case .floorDivide: (a / b).rounded(.down)
    case .modulo: a - (a / b).rounded(.down) * b
    }
  }

  @Test(arguments: CPUKernels.available)
  func extremaPassNaNOnFromEitherSide(kernels: CPUKernels) {
    for op in [BinaryOperation.maximum, .minimum] {
      var y: [Float] = [0, 0, 0]
      kernels.binary(op, count: 3, [.nan, 1, .nan], [1, .nan, .nan], into: &y)
      #expect(y.allSatisfy { $0.isNaN })
    }
  }
}

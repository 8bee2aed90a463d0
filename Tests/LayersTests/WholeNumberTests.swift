import Layers
import Tensors
import Testing

@Suite struct WholeNumberTests {
  static let largest: [(className: String, expected: [Int64])] = [
    ("ops.FloorDivide", [.min, 0, -1, 0]), ("ops.TruncateDivide", [.min, 0, 0, 0]),
    ("ops.Mod", [0, .max - 1, -1, 0]), ("ops.Fmod", [0, .max - 1, .max, 0]),
    ("ops.Lcm", [.min, .max - 1, .min, 0]), ("ops.Gcd", [1, 1, 1, 5]),
    ("ops.LeftShift", [.min, 0, .max, 5]), ("ops.RightShift", [.min, 0, .max, 5]),
  ]

  @Test(arguments: largest)
  func theLargestNumbersEndNothing(className: String, expected: [Int64]) throws {
    let a = Tensor([4], [.min, .max - 1, .max, 5] as [Int64])
    let b = Tensor([4], [-1, .max, .min, 0] as [Int64])
    #expect(try SingleLayer(className)(a, b)[0].elements(as: Int64.self) == expected)
  }

  @Test func powersWrap() throws {
    let y = try SingleLayer("ops.Power")(
      Tensor([4], [3, -3, 2, 1] as [Int64]), Tensor([4], [150, 41, 64, -5] as [Int64]))[0]
    let powers = [(3, 150), (-3, 41)].map { base, count in
      (0..<count).reduce(1 as Int64) { product, _ in product &* Int64(base) }
    }
    #expect(y.elements(as: Int64.self) == powers + [0, 1])
  }

  @Test func reductionsAreExact() throws {
    let x = Tensor([4], [16_777_216, 16_777_217, -1, 16_777_215] as [Int64])
    #expect(try SingleLayer("ops.Ptp")(x)[0].elements(as: Int64.self) == [16_777_218])
    #expect(try SingleLayer("ops.Argmax")(x)[0].elements(as: Int32.self) == [1])
    #expect(try SingleLayer("ops.Argmin")(x)[0].elements(as: Int32.self) == [2])
  }
}

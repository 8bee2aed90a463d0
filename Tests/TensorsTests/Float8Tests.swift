import Testing

@testable import Tensors

@Suite("Numbers of 8 bits")
struct Float8Tests {
  @Test(
    "are the nearest, of two the even one, none larger than the largest",
    arguments: [
      (1, 1), (1.0625, 1), (1.1875, 1.25), (-1.07, -1.125), (448, 448), (500, 448), (-1e9, -448),
      (0x1p-9, 0x1p-9), (0x1p-10, 0), (0x1.8p-9, 0x1p-8), (0x1.Fp-7, 0x1p-6), (0, 0),
    ] as [(Float, Float)])
  func rounding(value: Float, expected: Float) {
    #expect(Float8.rounded(value) == expected)
  }

  @Test("every number of 8 bits is its own")
  func own() {
    for exponent in -6...8 {
      for fraction in 0..<8 where exponent < 8 || fraction < 7 {
        let value = Float(8 + fraction) / 8 * Float(sign: .plus, exponent: exponent, significand: 1)
        #expect(Float8.rounded(value) == value)
      }
    }
    #expect(Float8.rounded(.nan).isNaN)
  }
}

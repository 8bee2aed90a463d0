import Layers
import ModelFormat
import Tensors
import Testing

@Suite("Layers whose inputs are quantised")
struct QuantizedDenseTests {
  private static let range: JSONValue = .object([
    "value_range": .array([.int(-127), .int(127)]), "epsilon": .double(0),
  ])

  private func dense(_ quantizer: JSONValue, _ weights: [String: Tensor]) throws -> SingleLayer {
    try SingleLayer(
      "QuantizedDense",
      ["units": .int(2), "use_bias": .bool(false), "inputs_quantizer": quantizer],
      weights: weights)
  }

  @Test("each row is quantised by its largest number, halves to the even one")
  func rows() throws {
    let layer = try dense(
      Self.range,
      [
        "kernel": Tensor([2, 2], [1, 0, 0, 1] as [Int8]),
        "kernel_scale": Tensor([1, 2], [1, 2] as [Float]),
      ])
    // 127 · 0.5 is 63.5, and 127 · 1.5 / 254 is 0.75: the second row's unit is twice the first's.
    let x = Tensor([2, 2], [1, 0.5, 254, 1.5] as [Float])
    #expect(try layer(x)[0].floats == [1, 64 / 127 / 2, 254, 2 / 2])
  }

  @Test("float8 keeps three bits of a fraction")
  func float8() throws {
    let layer = try dense(
      .string("float8"),
      [
        "kernel": Tensor([2, 2], [1, 0, 0, 1] as [Float]),
        "inputs_scale": Tensor([], [Float(2)]),
      ])
    let x = Tensor([2, 2], [2.2, -2000, 0.01, 4.7] as [Float])
    #expect(try layer(x)[0].floats == [2.25, -896, 0.01171875, 4.5])
  }

  @Test("a layer without a quantizer, and a scale that fits no kernel, are refused")
  func malformed() {
    let kernel = Tensor([2, 2], [1, 0, 0, 1] as [Int8])
    #expect(throws: ModelProblems.self) { try dense(.null, ["kernel": kernel]) }
    #expect(throws: ModelProblems.self) { try dense(.string("int8"), ["kernel": kernel]) }
    #expect(throws: ModelProblems.self) {
      try dense(
        Self.range, ["kernel": kernel, "kernel_scale": Tensor([2], [1, 2] as [Float])])
    }
  }
}

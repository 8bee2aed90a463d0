import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct OperationSizeTests {
  @Test(arguments: [
    ("ops.Unfold", "kernel_size", 1 << 62), ("ops.Unfold", "stride", .max),
    ("ops.ExtractPatches", "size", 1 << 40), ("ops.SpaceToDepth", "block_size", 1 << 31),
    ("ops.Diag", "k", -(1 << 62)), ("ops.ExtractSequences", "sequence_length", .max),
    ("ops.MultiHot", "num_classes", 1 << 62), ("ops.Linspace", "num", 1 << 62),
  ])
  func aSizeThatNothingHasIsRefused(className: String, option: String, size: Int) {
    #expect {
      try SingleLayer(className, [option: .int(size)])
    } throws: { error in
      (error as? ModelProblems)?.problems.map(\.option) == [option]
    }
  }

  @Test func anOutputThatIsTooLargeToBeMadeIsLeftToItsReader() throws {
    let layer = try SingleLayer("ops.Diagflat", ["k": .int(1 << 24)])
    #expect(try layer.outputShapes([2]) == [[16_777_218, 16_777_218]])
  }

  @Test func anEmptyBiasIsRefused() throws {
    let layer = try SingleLayer(
      "EinsumDense",
      [
        "equation": .string("abc,bd->adc"), "output_shape": .array([.int(4), .int(3)]),
        "bias_axes": .string("d"), "bias_fits_lines": .bool(true),
      ],
      weights: [
        "kernel": Tensor([2, 4], [Float](repeating: 1, count: 8)),
        "bias": Tensor([4, 0], [Float]()),
      ])
    #expect(throws: LayerError.self) { try layer.outputShapes([1, 2, 3]) }
  }

  @Test func anAddendAlongOneAxisIsABiasWhereItSaysSo() throws {
    let column = try JSONValue(
      parsing: """
        {"class_name": "__numpy__", "config": {"value": [[1], [2]], "dtype": "float32",
         "taken_for_bias": true}}
        """)
    let sum = try SingleLayer("ops.Add")
    func added(_ shape: Shape) throws -> [Float] {
      try sum(Tensor(zeros: TensorType(shape)), arguments: ["1": column])[0].floats
    }
    #expect(try added([1, 2, 2]) == [1, 2, 1, 2])
    #expect(try added([1, 2, 3]) == [1, 1, 1, 2, 2, 2])
    #expect(try added([1, 2, 2, 3]) == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    #expect(try added([1, 3, 2, 1]) == [1, 2, 1, 2, 1, 2])
  }
}

import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct EmbeddingTests {
  private func layer() throws -> SingleLayer {
    try SingleLayer(
      "Embedding", ["input_dim": .int(3), "output_dim": .int(2), "mask_zero": .bool(true)],
      weights: ["embeddings": Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float])])
  }

  @Test func looksUpRows() throws {
    let output = try layer()(Tensor([1, 2], [2, 0] as [Int32]))[0]
    #expect(output.shape == [1, 2, 2])
    #expect(output.floats == [5, 6, 1, 2])
    #expect(try layer()(Tensor([1], [Int64(1)]))[0].floats == [3, 4])
  }

  @Test func negativeIndicesCountFromTheEnd() throws {
    #expect(try layer()(Tensor([2], [-1, -3] as [Int32]))[0].floats == [5, 6, 1, 2])
  }

  @Test(arguments: [3, -4, Int64.max, Int64.min])
  func anIndexOutsideTheTableFails(index: Int64) throws {
    #expect(throws: LayerError("expected indices from -3 to 2, found \(index)")) {
      try layer()(Tensor([2], [index, 1]))
    }
  }
}

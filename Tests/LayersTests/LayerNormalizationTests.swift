import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct LayerNormalizationTests {
  private func layer(_ config: [String: JSONValue], _ gamma: Shape? = nil) throws -> SingleLayer {
    try SingleLayer(
      "LayerNormalization",
      ["epsilon": .double(0), "center": .bool(false), "scale": .bool(gamma != nil)]
        .merging(config) { $1 },
      weights: gamma.map {
        ["gamma": Tensor($0, (0..<$0.elementCount).map { Float($0 + 1) })]
      } ?? [:])
  }

  @Test func rowsGetMeanZeroAndVarianceOne() throws {
    let x = Tensor([2, 2], [1, 3, 10, 30] as [Float])
    #expect(try layer(["axis": .int(-1)])(x)[0].floats == [-1, 1, -1, 1])
  }

  @Test func otherAxesGiveWhatTheirTransposeGives() throws {
    let x = Tensor([1, 2, 2], [1, 10, 3, 30] as [Float])
    let output = try layer(["axis": .int(1)], [2])(x)[0]
    #expect(output.floats == [-1, -1, 2, 2])
  }

  @Test func severalAxesAreNormalizedTogether() throws {
    let x = Tensor([1, 2, 2], [1, 1, 3, 3] as [Float])
    let output = try layer(["axis": .array([.int(1), .int(-1)])], [2, 2])(x)[0]
    #expect(output.floats == [-1, -2, 3, 4])
  }

  @Test func rmsScalingKeepsTheMean() throws {
    let x = Tensor([1, 2], [1, 3] as [Float])
    #expect(try layer(["axis": .int(1), "rms_scaling": .bool(true)], [2])(x)[0].floats == [1, 6])
  }

  @Test func weightsMustFitTheAxes() throws {
    #expect(
      throws: LayerError(
        "expected 3 elements along axes [-1] for the weight \"gamma\", found 2 in shape (1, 2)")
    ) { try layer(["axis": .int(-1)], [3]).outputShapes([1, 2]) }
    #expect(throws: LayerError("expected axes of shape (1, 2), found [2]")) {
      try layer(["axis": .int(2)]).outputShapes([1, 2])
    }
  }
}

import Layers
import ModelFormat
import Tensors
import Testing

/// What fixtures do not show: masks that Keras hands on unseen, threads, and calls that are wrong.
@Suite struct AttentionLayerTests {
  private static func heads(_ options: [String: JSONValue] = [:]) throws -> SingleLayer {
    try SingleLayer(
      "MultiHeadAttention",
      ["num_heads": .int(2), "key_dim": .int(3)].merging(options) { $1 },
      weights: [
        "query/kernel": .spread([4, 2, 3], seed: 1), "query/bias": .spread([2, 3], seed: 2),
        "key/kernel": .spread([4, 2, 3], seed: 3), "key/bias": .spread([2, 3], seed: 4),
        "value/kernel": .spread([4, 2, 3], seed: 5), "value/bias": .spread([2, 3], seed: 6),
        "attention_output/kernel": .spread([2, 3, 4], seed: 7),
        "attention_output/bias": .spread([4], seed: 8),
      ])
  }

  private static let scores: [String: JSONValue] = ["return_attention_scores": .bool(true)]

  @Test func theMasksOfQueryValueAndKeyActTogether() throws {
    let x = Tensor.spread([1, 3, 4], seed: 9)
    let masks = [[1, 1, 0], [0, 1, 1], [1, 1, 0]].map { Tensor([1, 3], $0.map(Float.init)) }
    let outputs = try Self.heads()(
      x, x, masks[0], masks[1], masks[2],
      keywords: ["query_mask": 2, "value_mask": 3, "key_mask": 4], arguments: Self.scores)
    // Only the key in the middle is left, and the last query sees none.
    let row: [Float] = [0, 1, 0]
    #expect(outputs[1].floats == [row, row, [0, 0, 0], row, row, [0, 0, 0]].flatMap { $0 })
  }

  @Test func aQueryThatSeesNoKeyGetsTheMeanOfTheValuesWhereKerasFusesTheSoftmax() throws {
    let x = Tensor.spread([1, 3, 4], seed: 9)
    let none = Tensor([1, 3], [Float](repeating: 0, count: 3))
    let fused = try Self.heads()(x, x, none, keywords: ["value_mask": 2])[0].floats
    let layer = try Self.heads(["dropout": .double(0.1)])(
      x, x, none, keywords: ["value_mask": 2])[0].floats
    let bias = Tensor.spread([4], seed: 8).floats
    #expect(layer == bias + bias + bias)
    #expect(fused[0] != bias[0] && fused[..<4] == fused[4..<8])
  }

  @Test(arguments: [(1, 1), (2, 3), (5, 70)])
  func threadsDoNotChangeTheResult(batch: Int, length: Int) throws {
    let x = Tensor.spread([batch, length, 4], seed: 3)
    let layer = try Self.heads()
    let one = try layer(x, x, arguments: Self.scores)
    let four = try layer(x, x, arguments: Self.scores, threads: 4)
    #expect(one.map(\.floats) == four.map(\.floats))
  }

  @Test func oneTensorForAllGivesWhatEqualTensorsGive() throws {
    let (x, same) = (Tensor.spread([2, 9, 4], seed: 3), Tensor.spread([2, 9, 4], seed: 3))
    let layer = try Self.heads()
    #expect(try layer(x, x)[0].floats == layer(x, same, same)[0].floats)
  }

  @Test func inputsAndMasksThatDoNotFitAreRefused() throws {
    let layer = try Self.heads()
    let sequences =
      "expected a query (B, T, D), a value (B, S, D) and a key (B, S, D), found shapes "
    #expect(throws: LayerError(sequences + "(1, 3, 4), (2, 3, 4) and (2, 3, 4)")) {
      try layer.outputShapes([1, 3, 4], [2, 3, 4])
    }
    #expect(throws: LayerError("expected 4 channels, found shape (1, 3, 5)")) {
      try layer.outputShapes([1, 3, 4], [1, 3, 5])
    }
    #expect(
      throws: LayerError(
        "expected a mask that broadcasts to (1, 2, 3, 6), found shape (1, 3, 5)")
    ) {
      try layer.outputShapes(
        [1, 3, 4], [1, 6, 4], [1, 3, 5], keywords: ["attention_mask": 2])
    }
    #expect(throws: LayerError("expected attention axes from 1 to 1, found [2]")) {
      try Self.heads(["attention_axes": .int(2)]).outputShapes([1, 3, 4], [1, 3, 4])
    }
    #expect(
      throws: LayerError(
        "a causal mask or a window is for one attention axis, as long as axis 1 is; "
          + "found shape (1, 2, 3, 4)")
    ) {
      try layer.outputShapes(
        [1, 2, 3, 4], [1, 2, 3, 4], arguments: ["use_causal_mask": .bool(true)])
    }
    let plain = try SingleLayer("Attention")
    #expect(throws: LayerError("expected a query mask of shape (1, 3), found (1, 4)")) {
      try plain(
        .spread([1, 3, 2], seed: 1), .spread([1, 4, 2], seed: 2), .spread([1, 4], seed: 3),
        keywords: ["mask:0": 2])
    }
  }

  @Test(arguments: ["ab,bc", "ab->ab", "aa,ab->b", "ab,bd->abz", "ab,bcq->ac", "..ab,bc->..ac"])
  func anEquationThatIsNoneIsRejected(text: String) {
    #expect(throws: ModelProblems.self) {
      try SingleLayer(
        "EinsumDense", ["equation": .string(text), "output_shape": .int(3)],
        weights: ["kernel": .spread([2, 3], seed: 1)])
    }
  }

  @Test func anInputThatAnEquationDoesNotFitIsRefused() throws {
    let layer = try SingleLayer(
      "EinsumDense", ["equation": .string("abc,cd->abd"), "output_shape": .null],
      weights: ["kernel": .spread([2, 3], seed: 1)])
    #expect(try layer.outputShapes([5, 4, 2]) == [[5, 4, 3]])
    #expect(throws: LayerError("expected size 2 on axis \"c\", found shape (5, 4, 3)")) {
      try layer.outputShapes([5, 4, 3])
    }
    #expect(throws: LayerError("expected an input that the equation fits, found shape (5, 2)")) {
      try layer.outputShapes([5, 2])
    }
  }
}

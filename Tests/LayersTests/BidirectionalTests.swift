import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct BidirectionalTests {
  /// Sums from both ends of a series.
  private func sums(
    _ config: [String: JSONValue] = [:], forward: [String: JSONValue] = [:]
  ) throws -> SingleLayer {
    let one = RecurrentLayerTests.one
    let layer = Self.object(forward)
    return try SingleLayer(
      "Bidirectional", ["layer": layer].merging(config) { $1 },
      weights: [
        "forward_layer/kernel": one, "forward_layer/recurrent_kernel": one,
        "backward_layer/kernel": one, "backward_layer/recurrent_kernel": one,
      ])
  }

  private static func object(_ options: [String: JSONValue]) -> JSONValue {
    .object([
      "class_name": .string("SimpleRNN"),
      "config": .object(RecurrentLayerTests.sumConfig(options)),
    ])
  }

  private func problems(_ make: () throws -> SingleLayer) -> [ModelProblem] {
    do {
      _ = try make()
      return []
    } catch {
      return (error as? ModelProblems)?.problems ?? []
    }
  }

  @Test(arguments: [
    ("sum", [7, 8, 9] as [Float]), ("mul", [6, 15, 18]), ("ave", [3.5, 4, 4.5]),
    ("concat", [1, 6, 3, 5, 6, 3]),
  ])
  func timeStepsMeet(mode: String, expected: [Float]) throws {
    let layer = try sums(["merge_mode": .string(mode)], forward: ["return_sequences": .bool(true)])
    #expect(try layer(RecurrentLayerTests.series)[0].floats == expected)
  }

  @Test func withoutAMergeModeBothSidesAreJoined() throws {
    #expect(try sums()(RecurrentLayerTests.series)[0].floats == [6, 6])
  }

  @Test func withANullMergeModeBothSidesAreOutputs() throws {
    let layer = try sums(["merge_mode": .null], forward: ["return_sequences": .bool(true)])
    let outputs = try layer(RecurrentLayerTests.series)
    #expect(outputs.map(\.floats) == [[1, 3, 6], [6, 5, 3]])
  }

  @Test func statesOfBothSidesComeAndGoInOrder() throws {
    let layer = try sums(forward: ["return_state": .bool(true)])
    let outputs = try layer(
      RecurrentLayerTests.series, Tensor([1, 1], [Float(10)]), Tensor([1, 1], [Float(20)]))
    #expect(outputs.map(\.floats) == [[16, 26], [16], [26]])
  }

  @Test func maskedStepsOfASequenceAreZeros() throws {
    let layer = try sums(forward: ["return_sequences": .bool(true)])
    let mask = Tensor([1, 3], [1, 0, 1] as [Float])
    let output = try layer(RecurrentLayerTests.series, mask, hasMask: true)[0]
    #expect(output.floats == [1, 4, 0, 0, 4, 3])
  }

  @Test func aForwardLayerMayRunBackwards() throws {
    let layer = try sums(
      forward: ["return_sequences": .bool(true), "go_backwards": .bool(true)])
    #expect(try layer(RecurrentLayerTests.series)[0].floats == [3, 6, 5, 3, 6, 1])
  }

  @Test func optionsOfAnInnerLayerThatNobodyReadsAreProblems() {
    let found = problems { try sums(forward: ["zoneout": .double(0.1)]) }
    #expect(found.map(\.layer) == ["it/forward_layer", "it/backward_layer"])
    #expect(found.map(\.option) == ["zoneout", "zoneout"])
    #expect(found.map(\.className) == ["SimpleRNN", "SimpleRNN"])
  }

  @Test func weightsOfAnInnerLayerAreMissedByName() {
    let found = problems {
      try SingleLayer("Bidirectional", ["layer": Self.object([:])])
    }
    #expect(
      found.map { "\($0.layer ?? "") \($0.option ?? "")" } == [
        "it/forward_layer kernel", "it/forward_layer recurrent_kernel",
        "it/backward_layer kernel", "it/backward_layer recurrent_kernel",
      ])
  }

  @Test func sidesMustAgree() {
    let found = problems {
      try sums(["backward_layer": Self.object(["return_sequences": .bool(true)])])
    }
    #expect(found.map(\.option) == ["backward_layer"])
  }

  @Test func otherLayersCannotBeMadeBidirectional() {
    let dense: JSONValue = .object([
      "class_name": .string("Dense"), "config": .object([:]),
    ])
    let found = problems { try SingleLayer("Bidirectional", ["layer": dense]) }
    #expect(found.map(\.kind) == [.unsupported, .unsupported])
    #expect(
      found.first?.reason.hasPrefix("a layer of class \"Dense\" is not supported here") == true)
    #expect(problems { try SingleLayer("Bidirectional") }.first?.kind == .invalid)
  }

  @Test func namesWhatAnUnknownCellHas() {
    let cell: JSONValue = .object([
      "class_name": .string("Addons>NormCell"), "config": .object(["units": .int(1)]),
    ])
    let found = problems {
      try SingleLayer("RNN", ["cell": cell], weights: ["norm/gamma": RecurrentLayerTests.one])
    }
    #expect(found.map(\.kind) == [.unsupported])
    #expect(
      found.first?.reason == "a layer of class \"Addons>NormCell\" is not supported here; its "
        + "options: units 1; its weights: norm/gamma (1, 1)")
  }
}

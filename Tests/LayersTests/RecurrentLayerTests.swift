import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct RecurrentLayerTests {
  /// A layer whose state is the sum of all inputs so far.
  static func sum(_ options: [String: JSONValue] = [:]) throws -> SingleLayer {
    try SingleLayer(
      "SimpleRNN", sumConfig(options), weights: ["kernel": one, "recurrent_kernel": one])
  }

  static func sumConfig(_ options: [String: JSONValue]) -> [String: JSONValue] {
    let config: [String: JSONValue] = [
      "units": .int(1), "activation": .string("linear"), "use_bias": .bool(false),
    ]
    return config.merging(options) { $1 }
  }

  static let one = Tensor([1, 1], [Float(1)])
  static let series = Tensor([1, 3, 1], [1, 2, 3] as [Float])

  static func layer(
    _ className: String, features: Int, units: Int, options: [String: JSONValue] = [:]
  ) throws -> SingleLayer {
    let width = ["SimpleRNN": 1, "GRU": 3, "LSTM": 4][className, default: 0] * units
    let bias = Tensor.spread(className == "GRU" ? [2, width] : [width], seed: 3)
    return try SingleLayer(
      className, ["units": .int(units)].merging(options) { $1 },
      weights: [
        "kernel": .spread([features, width], seed: 1),
        "recurrent_kernel": .spread([units, width], seed: 2), "bias": bias,
      ])
  }

  @Test func returnsTheLastStateAlone() throws {
    #expect(try Self.sum()(Self.series)[0].floats == [6])
  }

  @Test func returnsEveryStep() throws {
    let layer = try Self.sum(["return_sequences": .bool(true)])
    #expect(try layer(Self.series)[0].floats == [1, 3, 6])
  }

  @Test func goesBackwardsInTheOrderOfComputing() throws {
    let layer = try Self.sum(["return_sequences": .bool(true), "go_backwards": .bool(true)])
    #expect(try layer(Self.series)[0].floats == [3, 5, 6])
  }

  @Test func startsFromTheStateThatIsGiven() throws {
    let layer = try Self.sum(["return_sequences": .bool(true), "return_state": .bool(true)])
    let outputs = try layer(Self.series, Tensor([1, 1], [Float(10)]))
    #expect(outputs.map(\.floats) == [[11, 13, 16], [16]])
  }

  @Test(arguments: [(false, [0, 2, 2] as [Float]), (true, [0, 2, 0])])
  func keepsItsStateWhereStepsAreMasked(zeroes: Bool, expected: [Float]) throws {
    let layer = try Self.sum([
      "return_sequences": .bool(true), "return_state": .bool(true),
      "zero_output_for_mask": .bool(zeroes),
    ])
    let mask = Tensor([1, 3], [0, 1, 0] as [Float])
    #expect(try layer(Self.series, mask, hasMask: true).map(\.floats) == [expected, [2]])
  }

  @Test func masksRunBackwardsWithTime() throws {
    let layer = try Self.sum(["return_sequences": .bool(true), "go_backwards": .bool(true)])
    let mask = Tensor([1, 3], [1, 1, 0] as [Float])
    #expect(try layer(Self.series, mask, hasMask: true)[0].floats == [0, 2, 3])
  }

  @Test(arguments: ["GRU", "LSTM"], [false, true])
  func threadsThatShareStepsChangeNothing(className: String, goesBackwards: Bool) throws {
    let layer = try Self.layer(
      className, features: 3, units: 128,
      options: [
        "return_sequences": .bool(true), "return_state": .bool(true),
        "go_backwards": .bool(goesBackwards),
      ])
    // More steps than are projected at once, the last of them an odd number.
    let series = Tensor.spread([1, 701, 3], seed: 4)
    let alone = try layer(series)
    for threads in 2...3 {
      #expect(try layer(series, threads: threads).map(\.floats) == alone.map(\.floats))
    }
  }

  @Test(arguments: [("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2)])
  func stateShapesFollowTheUnits(className: String, states: Int) throws {
    let state: JSONValue = .bool(true)
    let layer = try Self.layer(
      className, features: 4, units: 5, options: ["return_state": state, "stateful": state])
    #expect(
      try layer.outputShapes([2, 7, 4])
        == [[2, 5]] + [Shape](repeating: [2, 5], count: states))
  }

  @Test(arguments: ["SimpleRNN", "GRU", "LSTM"])
  func aLongSequenceGivesWhatItsHalvesGive(className: String) throws {
    let layer = try Self.layer(
      className, features: 3, units: 70,
      options: ["return_sequences": .bool(true), "return_state": .bool(true)])
    let input = Tensor.spread([1, 4000, 3], seed: 4)
    let whole = try layer(input, threads: 2)
    let half = 2000 * 3
    let first = try layer(Tensor([1, 2000, 3], Array(input.floats[..<half])))
    let rest = Tensor([1, 2000, 3], Array(input.floats[half...]))
    let second =
      className == "LSTM" ? try layer(rest, first[1], first[2]) : try layer(rest, first[1])
    for (a, b) in zip(whole[0].floats, first[0].floats + second[0].floats) {
      #expect(abs(a - b) < 1e-4)
    }
  }

  @Test(arguments: ["SimpleRNN", "GRU", "LSTM"])
  func itemsOfABatchDoNotTouchEachOther(className: String) throws {
    let layer = try Self.layer(className, features: 3, units: 9)
    let input = Tensor.spread([5, 11, 3], seed: 5)
    let whole = try layer(input, threads: 2)[0].floats
    let parts = try (0..<5).flatMap { item in
      try layer(Tensor([1, 11, 3], Array(input.floats[(item * 33)..<((item + 1) * 33)])))[0].floats
    }
    for (a, b) in zip(whole, parts) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func inputsThatDoNotFitAreRefused() throws {
    let layer = try Self.layer("LSTM", features: 4, units: 5)
    #expect(
      throws: LayerError(
        "expected time steps of 4 features for its kernel, found shape (3,)")
    ) { try layer.outputShapes([2, 7, 3]) }
    #expect(throws: LayerError("expected a sequence of rank 3 or more, found shape (2, 4)")) {
      try layer.outputShapes([2, 4])
    }
    #expect(throws: LayerError("expected 1 input or 3 with initial states, found 2")) {
      try layer.outputShapes([2, 7, 4], [2, 5])
    }
    #expect(throws: LayerError("expected an initial state of shape (2, 5), found (2, 6)")) {
      try layer.outputShapes([2, 7, 4], [2, 5], [2, 6])
    }
    #expect(throws: LayerError("expected a mask of shape (2, 7), found (2, 8)")) {
      try layer.outputShapes([2, 7, 4], [2, 8], hasMask: true)
    }
  }

  @Test func timeOnTheFirstAxisIsRefused() throws {
    #expect {
      try Self.sum(["time_major": .bool(true)])
    } throws: { error in
      (error as? ModelProblems)?.problems.map(\.option) == ["time_major"]
    }
  }
}

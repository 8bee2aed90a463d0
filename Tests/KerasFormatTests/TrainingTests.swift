import ModelFormat
import Testing

@testable import KerasFormat

/// Which calls with `training=True` reach the layer as such.
@Suite("Calls in training")
struct TrainingTests {
  /// The arguments of a call of one layer in training, which a file of the given version holds.
  private static func arguments(
    _ className: String, _ options: String, trainable: Bool = true, version: String = "2.15.0"
  ) throws -> [String: JSONValue] {
    let call = "[[[\"in\", 0, 0, {\"training\": true}]]]"
    let layers = [
      Config.input("in"),
      Config.layer(className, "l", options, calls: call, trainable: trainable),
    ]
    let config = Config.functional(
      layers, inputs: "[[\"in\", 0, 0]]", outputs: "[[\"l\", 0, 0]]")
    return try KerasFile(config: config, version: version).description().nodes[0].arguments
  }

  @Test(
    "a layer that leaves nothing to chance is called as at inference",
    arguments: [
      ("Dropout", "\"rate\": 0.0"), ("GaussianNoise", "\"stddev\": 0"),
      ("AlphaDropout", "\"rate\": 0"), ("LSTM", "\"dropout\": 0.0, \"recurrent_dropout\": 0.0"),
      ("Dense", "\"units\": 3"),
      (
        "Bidirectional",
        "\"layer\": {\"class_name\": \"GRU\", \"config\": {\"name\": \"g\", \"dropout\": 0.0}}"
      ),
      (
        "RNN",
        "\"cell\": {\"class_name\": \"StackedRNNCells\", \"config\": {\"cells\": "
          + "[{\"class_name\": \"GRUCell\", \"config\": {\"dropout\": 0.0}}]}}"
      ),
    ])
  func certain(className: String, options: String) throws {
    #expect(try Self.arguments(className, options).isEmpty)
  }

  @Test(
    "a layer that does, or whose class is not known, keeps the argument",
    arguments: [
      ("Dropout", "\"rate\": 0.5"), ("Dropout", ""), ("GaussianNoise", "\"stddev\": 0.1"),
      ("LSTM", "\"dropout\": 0.0, \"recurrent_dropout\": 0.2"), ("RandomFlip", ""),
      ("RandomCrop", "\"height\": 2, \"width\": 2"), ("Mine", ""),
      (
        "Bidirectional",
        "\"layer\": {\"class_name\": \"GRU\", \"config\": {\"name\": \"g\", \"dropout\": 0.5}}"
      ),
      (
        "RNN",
        "\"cell\": {\"class_name\": \"StackedRNNCells\", \"config\": {\"cells\": "
          + "[{\"class_name\": \"GRUCell\", \"config\": {\"dropout\": 0.5}}]}}"
      ),
    ])
  func byChance(className: String, options: String) throws {
    #expect(try Self.arguments(className, options) == ["training": .bool(true)])
  }

  @Test("a BatchNormalization takes its batch's statistics unless it is frozen")
  func normalization() throws {
    let trains: [String: JSONValue] = ["training": .bool(true)]
    #expect(try Self.arguments("BatchNormalization", "") == trains)
    #expect(try Self.arguments("BatchNormalization", "", trainable: false).isEmpty)
    #expect(try Self.arguments("BatchNormalizationV1", "", trainable: false) == trains)
    #expect(
      try Self.arguments("BatchNormalization", "", trainable: false, version: "2.3.1") == trains)
  }
}

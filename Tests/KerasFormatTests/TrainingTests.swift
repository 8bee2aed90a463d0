import ModelFormat
import Testing

@testable import KerasFormat

/// Which calls with `training=True` reach the layer as such.
@Suite("Calls in training")
struct TrainingTests {
  /// A file of the given version that holds a call of one layer in training.
  private static func file(
    _ className: String, _ options: String, trainable: Bool = true, version: String = "2.15.0"
  ) -> KerasFile {
    let call = "[[[\"in\", 0, 0, {\"training\": true}]]]"
    let layers = [
      Config.input("in"),
      Config.layer(className, "l", options, calls: call, trainable: trainable),
    ]
    let config = Config.functional(
      layers, inputs: "[[\"in\", 0, 0]]", outputs: "[[\"l\", 0, 0]]")
    return KerasFile(config: config, version: version)
  }

  /// The arguments of the call that reach the layer.
  private static func arguments(
    _ className: String, _ options: String, trainable: Bool = true, version: String = "2.15.0"
  ) throws -> [String: JSONValue] {
    try file(className, options, trainable: trainable, version: version).description()
      .nodes[0].arguments
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

  @Test("one with statistics of batches before is not computed")
  func renormalization() {
    let problems = Self.file("BatchNormalization", "\"renorm\": true").problems()
    #expect(problems.contains { $0.option == "training" })
  }

  @Test(
    "Keras 3's predict() tells every call that it is none in training",
    arguments: [
      ("Dropout", "\"rate\": 0.5"), ("BatchNormalization", ""), ("RandomFlip", ""), ("Mine", ""),
    ])
  func prediction(className: String, options: String) throws {
    #expect(try Self.arguments(className, options, version: "3.15.1").isEmpty)
  }
}

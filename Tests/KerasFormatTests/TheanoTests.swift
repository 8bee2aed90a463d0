import ModelFormat
import Testing

@testable import KerasFormat

@Suite("Files that Theano's back end wrote")
struct TheanoTests {
  private static func problems(
    _ className: String, _ options: String, version: String
  ) -> [ModelProblem] {
    var file = KerasFile(
      config: Config.sequential([Config.layer(className, "pool", options)]), version: version)
    file.backend = "theano"
    return file.problems().filter { $0.kind == .unsupported }
  }

  @Test(
    "poolings that early Keras 2 got wrong there are refused, later ones are not",
    arguments: [
      ("AveragePooling2D", "2.0.8", true), ("AveragePooling1D", "2.1.4", true),
      ("AveragePooling2D", "2.1.5", false), ("MaxPooling2D", "2.0.8", false),
      ("MaxPooling3D", "2.1.5", true), ("AveragePooling3D", "2.1.6", false),
      ("AveragePooling2D", "1.2.2", false),
    ])
  func poolings(className: String, version: String, isRefused: Bool) {
    let shape = className.hasSuffix("3D") ? "null, 4, 4, 4, 1" : "null, 4, 4, 1"
    let options = """
      "pool_size": 2, "padding": "same", "border_mode": "same", "batch_input_shape": [\(shape)]
      """
    let problems = Self.problems(className, options, version: version)
    #expect(problems.map(\.option) == (isRefused ? ["padding"] : []))
    let valid = options.replacing("same", with: "valid")
    #expect(Self.problems(className, valid, version: version) == [])
  }

  @Test("same padding is the back end's own, and said to be")
  func padding() throws {
    let layer = Config.layer(
      "MaxPooling1D", "pool",
      #""pool_size": 2, "strides": 2, "padding": "same", "batch_input_shape": [null, 4, 1]"#)
    var file = KerasFile(config: Config.sequential([layer]), version: "2.3.1")
    for (backend, padding) in [("theano", "same_theano_pooling"), ("tensorflow", "same")] {
      file.backend = backend
      let contents = try file.imported().sound()
      #expect(contents.description.layers.first?.config["padding"] == .string(padding))
      let rules = contents.provenance.rules.filter { $0.contains("Theano's") }
      #expect(rules.isEmpty == (backend == "tensorflow"))
    }
  }
}

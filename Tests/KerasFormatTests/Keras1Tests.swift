import HDF5
import KerasFormat
import ModelFormat
import Tensors
import Testing

@Suite("Files of Keras 1")
struct Keras1Tests {
  private static func contents(_ layers: [String], version: String? = "1.2.2") throws
    -> ModelDescription
  {
    try KerasFile(config: Config.sequential(layers), groups: [], version: version)
      .imported().contents.description
  }

  @Test("are known by their words where they name no version")
  func words() {
    let layer = #""output_dim": 3, "init": "uniform""#
    let file = KerasFile(
      config: Config.sequential([Config.layer("Dense", "d", layer)]), groups: [], version: nil)
    let rules = (try? file.imported().contents.provenance.rules) ?? []
    #expect(
      rules.contains("the file names no Keras version; its configuration is Keras 1's"))
    #expect(
      rules.contains("layers of Keras 1 are read as those of Keras 2 that replaced them"))
  }

  @Test(
    "tell what cannot be read as it is set",
    arguments: [
      ("BatchNormalization", #""mode": 3"#, "mode"),
      ("Merge", #""mode": "min""#, "mode"),
      ("Merge", #""mode": ["4wEAAAA=", null, null], "mode_type": "lambda""#, "mode"),
      // A function of the user's own may have a mode's name.
      ("Merge", #""mode": "sum", "mode_type": "function", "output_shape": [3]"#, "mode"),
    ])
  func refusals(className: String, options: String, option: String) {
    let file = KerasFile(
      config: Config.sequential([Config.layer(className, "layer", options)]), groups: [],
      version: "1.1.0")
    #expect(
      file.problems().contains {
        $0.kind == .unsupported && $0.layer == "layer" && $0.option == option
      })
  }

  @Test("that ask for what Theano alone has are Theano's, and say so")
  func theanoInferred() throws {
    let layer = Config.layer(
      "Convolution1D", "c",
      #""nb_filter": 1, "filter_length": 2, "border_mode": "full", "batch_input_shape": [null, 3, 1]"#
    )
    var file = KerasFile(
      config: Config.sequential([layer]),
      groups: [("c", [.init("c_W", [2, 1, 1, 1], first: 1), .init("c_b", [1])])], version: "1.2.2")
    file.backend = nil
    let contents = try file.imported().sound()
    #expect(contents.weights["c/kernel"]?.elements(as: Float.self) == [2, 1])
    #expect(contents.provenance.rules.contains { $0.contains("padding is Theano's alone") })
  }

  @Test(
    "before the first version are told from what is damaged",
    arguments: [
      (#"{"class_name": "Graph", "config": {"name": "g", "nodes": []}}"#, "a Graph of Keras 0.3"),
      (
        #"{"class_name": "Sequential", "layers": [{"name": "Dense"}], "name": "Sequential"}"#,
        "a configuration of Keras 0.3"
      ),
    ])
  func keras0(config: String, reason: String) {
    let problems = KerasFile(config: config, version: nil).problems()
    #expect(problems.count == 1)
    #expect(problems.allSatisfy { $0.kind == .unsupported && $0.reason.hasPrefix(reason) })
  }
}

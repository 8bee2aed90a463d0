import KerasFormat
import ModelFormat
import Tensors
import Testing

@Suite("Sequential models")
struct SequentialTests {
  private static let dense = Config.layer("Activation", "one")

  @Test("the input layer of Keras 3 is the model's input")
  func inputLayer() throws {
    let file = KerasFile(config: Config.sequential([Config.input("in"), Self.dense]))
    let description = try file.description()
    #expect(description.inputs == [InputDescription(name: "in", shape: [nil, 4])])
    #expect(description.nodes == [NodeDescription(name: "one", layer: "one", inputs: ["in"])])
    #expect(description.outputs == [OutputDescription(name: "one", value: "one")])
  }

  @Test(
    "without an input layer the shape stands in the first layer or in the model",
    arguments: [
      Config.sequential([Config.layer("Activation", "one", "\"batch_input_shape\": [null, 4]")]),
      Config.sequential([Self.dense], "\"build_input_shape\": [null, 4]"),
      Config.sequential([
        Config.nested(
          Config.sequential(
            [Config.layer("Activation", "two", "\"batch_input_shape\": [null, 4]")], name: "one"),
          "one")
      ]),
    ])
  func implicitInput(config: String) throws {
    let description = try KerasFile(config: config, version: "2.3.1").description()
    #expect(description.inputs == [InputDescription(name: "one_input", shape: [nil, 4])])
    #expect(description.nodes[0].inputs == ["one_input"])
  }

  @Test("early Keras 2 gives nothing but the list of layers")
  func listOfLayers() throws {
    let config = """
      {"class_name": "Sequential", "config": [{"class_name": "Activation", "config":
       {"name": "one", "batch_input_shape": [null, 2]}}]}
      """
    let description = try KerasFile(config: config, version: "2.0.5").description()
    #expect(description.inputs == [InputDescription(name: "one_input", shape: [nil, 2])])
  }

  @Test("a nested list of layers has no name, so its weights are found by position")
  func nestedListOfLayers() throws {
    let config = """
      {"class_name": "Sequential", "config": [
       {"class_name": "Activation", "config": {"name": "one", "batch_input_shape": [null, 2]}},
       {"class_name": "Sequential", "config": [
        {"class_name": "Dense", "config": {"name": "two", "batch_input_shape": [null, 2]}}]}]}
      """
    let file = KerasFile(
      config: config,
      groups: [("one", []), ("sequential_7", [.init("two/kernel:0"), .init("two/bias:0")])],
      version: "2.0.5")
    let description = try file.imported().sound().description
    #expect(description.nodes.map(\.name) == ["one", "sequential_2/two"])
    #expect(description.layers[1].weights.map(\.name) == ["kernel", "bias"])
  }

  @Test("a fixed batch size becomes any size")
  func fixedBatch() throws {
    let config = Config.sequential([Config.input("in", "[32, 4]"), Self.dense])
    let contents = try KerasFile(config: config).imported().contents
    #expect(contents.description.inputs[0].shape == [nil, 4])
    #expect(
      contents.provenance.rules.contains("inputs of a fixed batch size take batches of any size"))
  }

  @Test("an integer input keeps its type")
  func integerInput() throws {
    let input = Config.layer(
      "InputLayer", "ids", "\"batch_shape\": [null, 6], \"dtype\": \"int32\"")
    let description = try KerasFile(config: Config.sequential([input, Self.dense])).description()
    #expect(description.inputs[0].elementType == .int32)
  }

  @Test("a model without an input shape is invalid")
  func noShape() {
    let problems = KerasFile(config: Config.sequential([Self.dense])).problems()
    #expect(
      problems.map(\.description) == [
        "layer \"one_input\" (InputLayer), \"shape\": expected the input's shape, found none"
      ])
  }

  @Test("an input that Keras takes as a sparse tensor is a dense one here")
  func sparseInput() throws {
    let input = Config.layer("InputLayer", "in", "\"batch_shape\": [null, 4], \"sparse\": true")
    let result = try KerasFile(config: Config.sequential([input, Self.dense])).imported().sound()
    #expect(result.description.inputs.map(\.shape) == [[nil, 4]])
    #expect(result.provenance.rules.contains { $0.hasPrefix("sparse inputs are taken as dense") })
  }

  @Test("a ragged input is refused")
  func raggedInput() {
    let input = Config.layer("InputLayer", "in", "\"batch_shape\": [null, 4], \"ragged\": true")
    let problems = KerasFile(config: Config.sequential([input, Self.dense])).problems()
    #expect(problems.map(\.option) == ["ragged"])
    #expect(problems.map(\.kind) == [.unsupported])
  }

  @Test("what get_config() gives lacks the model's class")
  func withoutClass() throws {
    let layers = "[\(Config.input("in")), \(Self.dense)]"
    let file = KerasFile(config: "{\"name\": \"m\", \"layers\": \(layers)}")
    #expect(try file.description().nodes.map(\.name) == ["one"])
  }

  @Test("a subclass with nothing of its own in its configuration is a Sequential model")
  func subclass() throws {
    let layers = "[\(Config.input("in")), \(Self.dense)]"
    for (more, isRead) in [("", true), (", \"heads\": 2", false)] {
      let config = "{\"name\": \"m\", \"layers\": \(layers)\(more)}"
      let file = KerasFile(
        config: "{\"class_name\": \"Mine\", \"config\": \(config)}", version: "2.15.0")
      #expect(file.problems().isEmpty == isRead, "\(file.problems())")
    }
  }
}

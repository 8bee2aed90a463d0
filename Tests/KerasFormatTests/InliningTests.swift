import KerasFormat
import ModelFormat
import Testing

@Suite("Nested models and wrappers")
struct InliningTests {
  /// `x -> d` as a functional model.
  private static func inner(_ name: String) -> String {
    Config.functional(
      [
        Config.input("x"),
        Config.layer("Activation", "d", calls: "[\(Config.call(Config.value("x")))]"),
      ], inputs: "[\"x\", 0, 0]", outputs: "[\"d\", 0, 0]", name: name)
  }

  private static let chain = Config.sequential(
    [Config.input("x"), Config.layer("Activation", "d")], name: "s")

  /// An input, and one nested model that is called on it and twice on itself.
  private static func thrice(_ nested: String, outputs: String) -> KerasFile {
    let calls = ["in", "m", "m"].enumerated().map { index, layer in
      Config.call(Config.value(layer, max(0, index - 1)), keywords: "{\"mask\": null}")
    }
    return KerasFile(
      config: Config.functional(
        [
          Config.input("in"),
          Config.nested(nested, "m", calls: "[\(calls.joined(separator: ", "))]"),
        ], inputs: "[\"in\", 0, 0]", outputs: outputs))
  }

  @Test("Keras 3 counts a functional model's calls from 1 among the outputs, and only there")
  func functionalThrice() throws {
    let file = Self.thrice(Self.inner("m"), outputs: "[[\"m\", 3, 0], [\"m\", 1, 0]]")
    let description = try file.description()
    #expect(description.layers.map(\.name) == ["m/d"])
    #expect(description.nodes.map(\.name) == ["m/d", "m/d#1", "m/d#2"])
    #expect(description.nodes.map(\.inputs) == [["in"], ["m/d"], ["m/d#1"]])
    #expect(
      description.outputs == [
        OutputDescription(name: "m", value: "m/d#2"), OutputDescription(name: "m", value: "m/d"),
      ])
    #expect(description.aliases == ["m": "m/d", "m#1": "m/d#1", "m#2": "m/d#2"])
  }

  @Test("Keras 3 counts a Sequential model's calls from 0")
  func sequentialThrice() throws {
    let file = Self.thrice(Self.chain, outputs: "[[\"m\", 2, 0], [\"m\", 0, 0]]")
    #expect(try file.description().outputs.map(\.value) == ["m/d#2", "m/d"])
  }

  @Test(
    "Keras 2 counts from 1 everywhere, a model without an input layer from 0", arguments: [0, 1])
  func keras2Thrice(first: Int) throws {
    let calls = """
      [[["in", 0, 0, {}]], [["m", \(first), 0, {}]], [["m", \(first + 1), 0, {}]]]
      """
    let file = KerasFile(
      config: Config.functional(
        [Config.input("in"), Config.nested(Self.chain, "m", calls: calls)],
        inputs: "[[\"in\", 0, 0]]", outputs: "[[\"m\", \(first + 2), 0]]"), version: "2.15.0")
    let description = try file.description()
    #expect(description.nodes.map(\.inputs) == [["in"], ["m/d"], ["m/d#1"]])
    #expect(description.outputs.map(\.value) == ["m/d#2"])
  }

  @Test("a nested model takes a dictionary by its inputs' names, and gives several outputs")
  func dictionaryCall() throws {
    let inner = Config.functional(
      [
        Config.input("x"), Config.input("y"),
        Config.layer("Activation", "p", calls: "[\(Config.call(Config.value("x")))]"),
        Config.layer("Activation", "q", calls: "[\(Config.call(Config.value("y")))]"),
      ], inputs: "{\"b\": [\"x\", 0, 0], \"a\": [\"y\", 0, 0]}",
      outputs: "[[\"p\", 0, 0], [\"q\", 0, 0]]", name: "m")
    let argument = "{\"a\": \(Config.value("u")), \"b\": \(Config.value("v"))}"
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("u"), Config.input("v"),
          Config.nested(inner, "m", calls: "[\(Config.call(argument))]"),
        ], inputs: "[[\"u\", 0, 0], [\"v\", 0, 0]]", outputs: "[[\"m\", 1, 1]]"))
    let description = try file.description()
    #expect(
      description.nodes.map(\.name) == ["m/q", "m/p"]
        || description.nodes.map(\.name) == ["m/p", "m/q"])
    #expect(description.nodes.first { $0.name == "m/p" }?.inputs == ["v"])
    #expect(description.aliases == ["m": "m/p", "m:1": "m/q"])
    #expect(description.outputs.map(\.value) == ["m/q"])
  }

  @Test("models nest in models and every call of each counts")
  func deepNesting() throws {
    let middle = Config.functional(
      [
        Config.input("x"),
        Config.nested(
          Self.inner("i"), "i",
          calls: "[\(Config.call(Config.value("x"))), \(Config.call(Config.value("i")))]"),
      ], inputs: "[\"x\", 0, 0]", outputs: "[\"i\", 2, 0]", name: "m")
    let file = Self.thrice(middle, outputs: "[\"m\", 3, 0]")
    let description = try file.description()
    #expect(description.nodes.map(\.layer) == Array(repeating: "m/i/d", count: 6))
    #expect(description.nodes.map(\.name) == ["m/i/d"] + (1...5).map { "m/i/d#\($0)" })
    #expect(description.aliases["m/i#3"] == "m/i/d#3")
    #expect(description.outputs.map(\.value) == ["m/i/d#5"])
  }

  @Test("TimeDistributed folds time away around its layer")
  func timeDistributed() throws {
    let wrapped = """
      "layer": {"class_name": "Dense", "config": {"name": "inner", "trainable": true}}
      """
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in", "[null, 5, 4]"), Config.layer("TimeDistributed", "td", wrapped),
      ]), groups: [("td", [.init("td/kernel:0", [4, 2]), .init("td/bias:0")])])
    let description = try file.imported().sound().description
    #expect(description.layers.map(\.className) == ["FoldTime", "Dense", "UnfoldTime"])
    #expect(
      description.nodes == [
        NodeDescription(name: "td/fold", layer: "td/fold", inputs: ["in"]),
        NodeDescription(name: "td/inner", layer: "td/inner", inputs: ["td/fold"]),
        NodeDescription(name: "td", layer: "td", inputs: ["td/inner", "in"]),
      ])
    #expect(description.layers[1].weights.map(\.name) == ["kernel", "bias"])
  }

  @Test("TimeDistributed holds models too")
  func timeDistributedModel() throws {
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in", "[null, 5, 4]"),
        Config.layer("TimeDistributed", "td", "\"layer\": \(Self.chain)"),
      ]))
    let description = try file.description()
    #expect(description.nodes.map(\.name) == ["td/fold", "td/s/d", "td"])
    #expect(description.aliases == ["td/s": "td/s/d"])
  }

  @Test(
    "channels_first layers run between transposes",
    arguments: [("Conv1D", [0, 2, 1], [0, 2, 1]), ("MaxPooling2D", [0, 2, 3, 1], [0, 3, 1, 2])])
  func channelsFirst(className: String, last: [Int], first: [Int]) throws {
    let layer = Config.layer(className, "c", "\"data_format\": \"channels_first\"")
    let file = KerasFile(
      config: Config.sequential([Config.input("in", "[null, 3, 8, 8]"), layer]))
    let description = try file.description()
    #expect(
      description.nodes == [
        NodeDescription(name: "c/to_channels_last", layer: "c/to_channels_last", inputs: ["in"]),
        NodeDescription(name: "c/channels_last", layer: "c", inputs: ["c/to_channels_last"]),
        NodeDescription(name: "c", layer: "c/to_channels_first", inputs: ["c/channels_last"]),
      ])
    let axes = description.layers.map { $0.config["axes"]?.array?.compactMap(\.int) }
    #expect(axes == [last, nil, first])
    #expect(description.layers[1].config["data_format"] == .string("channels_last"))
  }

  @Test(
    "channels_first layers without spatial axes in their output are not transposed back",
    arguments: [("Flatten", "null"), ("GlobalMaxPooling2D", "false")])
  func channelsFirstReducing(className: String, keepdims: String) throws {
    let options = "\"data_format\": \"channels_first\", \"keepdims\": \(keepdims)"
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in", "[null, 3, 8, 8]"), Config.layer(className, "c", options),
      ]))
    #expect(try file.description().nodes.map(\.name) == ["c/to_channels_last", "c"])
  }
}

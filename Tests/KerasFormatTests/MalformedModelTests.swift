import ModelFormat
import Testing

@testable import KerasFormat

@Suite("Malformed models")
struct MalformedModelTests {
  private static let dense = Config.layer("Dense", "d")
  private static let weights: [(layer: String, weights: [KerasFile.Weight])] = [
    ("d", [.init("d/kernel"), .init("d/bias")])
  ]

  private static func messages(_ file: KerasFile) -> [String] {
    file.problems().map(\.description)
  }

  /// The problems of a functional model whose weights are not looked at.
  private static func messages(
    _ layers: [String], inputs: String = "[\"in\", 0, 0]", outputs: String
  ) -> [String] {
    messages(
      KerasFile(config: Config.functional(layers, inputs: inputs, outputs: outputs)))
  }

  @Test("no configuration")
  func noConfiguration() {
    #expect(
      Self.messages(KerasFile(groups: nil)) == [
        "\"model_config\": expected a model's configuration, found none"
      ])
  }

  @Test("a configuration that is no JSON")
  func noJSON() {
    let messages = Self.messages(KerasFile(config: "{\"class_name\": "))
    #expect(messages.count == 1)
    #expect(messages[0].hasPrefix("\"model_config\": expected JSON: byte 15"))
  }

  @Test("a configuration that is no model", arguments: ["[]", "{}", "{\"class_name\": \"Model\"}"])
  func noModel(config: String) {
    #expect(
      Self.messages(KerasFile(config: config)) == [
        "\"model_config\": expected a model's \"class_name\" and \"config\", found none"
      ])
  }

  @Test(
    "an input that nothing can hold",
    arguments: ["4611686018427387904, 4", "9223372036854775807", "65536, 65536"])
  func hugeInput(sizes: String) {
    let file = KerasFile(
      config: Config.sequential([Config.input("in", "[null, \(sizes)]"), Config.layer("ReLU", "r")])
    )
    #expect(Self.messages(file) == ["layer \"in\": an input of shape (1, \(sizes)) is too large"])
  }

  @Test("wrappers within each other are not mirrored each time", .timeLimit(.minutes(1)))
  func nestedWrappers() {
    let layer = (0..<40).reduce(Config.layer("LSTM", "l", #""units": 2"#)) { inner, _ in
      Config.layer("Bidirectional", "b", "\"layer\": \(inner)")
    }
    let file = KerasFile(config: Config.sequential([Config.input("in", "[null, 3, 4]"), layer]))
    #expect(!file.problems().isEmpty)
  }

  @Test("a model whose graph only its Python class knows")
  func subclassedModel() {
    let file = KerasFile(config: "{\"class_name\": \"Mine\", \"config\": {\"units\": 3}}")
    #expect(
      Self.messages(file) == [
        "a model of class \"Mine\", which is defined in Python: the file does not hold its graph"
      ])
    #expect(file.problems().map(\.kind) == [.unsupported])
  }

  @Test("a subclass whose configuration holds a graph is read")
  func subclassWithGraph() throws {
    let config = Config.functional(
      [Config.input("in")], inputs: "[\"in\", 0, 0]", outputs: "[\"in\", 0, 0]")
    let file = KerasFile(config: config.replacing("\"Functional\"", with: "\"Custom>Mine\""))
    #expect(
      try file.imported().contents.provenance.rules == [
        "models of class Custom>Mine are read as the graph that their configuration holds"
      ])
  }

  @Test("no weights at all")
  func noWeights() {
    let file = KerasFile(config: Config.sequential([Config.input("in"), Self.dense]), groups: nil)
    #expect(
      Self.messages(file) == ["\"model_weights\": expected the model's weights, found none"])
  }

  @Test("a layer's weights missing")
  func missingGroup() {
    let file = KerasFile(config: Config.sequential([Config.input("in"), Self.dense]))
    #expect(
      Self.messages(file) == [
        "layer \"d\" (Dense), \"weights\": expected 2 weights (\"kernel\", \"bias\"), "
          + "found no group \"d\" in the file"
      ])
  }

  @Test(
    "too few, too many, or other weights",
    arguments: [["d/kernel"], ["d/kernel", "d/bias", "d/scale"], ["d/bias", "d/kernel"]])
  func wrongWeights(names: [String]) {
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), Self.dense]),
      groups: [("d", names.map { .init($0) })])
    let found = names.map { "\"\($0)\"" }.joined(separator: ", ")
    let count = names.count == 1 ? "1 weight" : "\(names.count) weights"
    #expect(
      Self.messages(file) == [
        "layer \"d\" (Dense), \"weights\": expected 2 weights (\"kernel\", \"bias\"), "
          + "found \(count) (\(found))"
      ])
  }

  @Test("weights of a nested model that do not add up")
  func wrongNestedWeights() {
    let inner = Config.nested(Config.sequential([Config.input("x"), Self.dense], name: "m"), "m")
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), inner]),
      groups: [("m", [.init("d/kernel")])])
    #expect(
      Self.messages(file) == [
        "layer \"m/d\" (Dense), \"weights\": expected 2 weights (\"kernel\", \"bias\"), "
          + "found 1 weight (\"d/kernel\")"
      ])
  }

  @Test("a graph with a cycle")
  func cycle() {
    let layers = [
      Config.input("in"),
      Config.layer("Activation", "a", calls: "[\(Config.call(Config.value("b")))]"),
      Config.layer("Activation", "b", calls: "[\(Config.call(Config.value("a")))]"),
    ]
    #expect(
      Self.messages(layers, outputs: "[\"b\", 0, 0]") == [
        "layer \"b\" (Activation): reads the output of \"a\", which itself waits for this layer: "
          + "the graph has a cycle"
      ])
  }

  @Test(
    "a call that reads what is not there",
    arguments: [("c", 0, 0), ("in", 1, 0), ("a", 3, 0), ("in", 0, -1), ("a", 0, 1 << 40)])
  func danglingReference(layer: String, call: Int, output: Int) {
    let calls = Config.call(Config.value(layer, call, output))
    let layers = [
      Config.input("in"),
      Config.layer("Activation", "a", calls: "[\(Config.call(Config.value("in")))]"),
      Config.layer("Activation", "b", calls: "[\(calls)]"),
    ]
    #expect(
      Self.messages(layers, outputs: "[\"b\", 0, 0]") == [
        "layer \"b\" (Activation): reads output \(output) of call \(call) of \"\(layer)\", "
          + "which is not in the model"
      ])
  }

  @Test("an output that names what is not there")
  func danglingOutput() {
    #expect(
      Self.messages([Config.input("in")], outputs: "[\"b\", 0, 0]") == [
        "\"output_layers\": names output 0 of call 0 of \"b\", which is not in the model"
      ])
  }

  @Test("a call's number that nothing can be taken from")
  func lowestNumber() {
    let inner = Config.sequential([Config.input("x")], name: "m")
    let config = Config.functional(
      [Config.input("in"), Config.nested(inner, "m", calls: "[[[\"in\", 0, 0, {}]]]")],
      inputs: "[[\"in\", 0, 0]]", outputs: "[[\"m\", 1, 0], [\"m\", \(Int.min), 0]]")
    #expect(
      Self.messages(KerasFile(config: config, version: "2.15.0")) == [
        "\"output_layers\": names output 0 of call \(Int.max) of \"m\", which is not in the model"
      ])
  }

  @Test("an input that is no input layer")
  func inputOfAnotherClass() {
    let layers = [Config.input("in"), Config.layer("Activation", "a", calls: "[]")]
    #expect(
      Self.messages(layers, inputs: "[\"a\", 0, 0]", outputs: "[\"in\", 0, 0]").contains(
        "layer \"a\", \"input_layers\": expected an input layer of this name"))
  }

  @Test(
    "inputs and outputs that are no references", arguments: ["null", "[]", "[1, 2, 3]", "\"a\""])
  func portsWithoutForm(json: String) {
    let messages = Self.messages([Config.input("in")], outputs: json)
    #expect(messages.count == 1)
    #expect(messages[0].hasPrefix("\"output_layers\": expected layers as [name, call, output]"))
  }

  @Test("calls that make no sense", arguments: ["3", "[3]", "{\"args\": 3, \"kwargs\": {}}"])
  func malformedCall(call: String) {
    let layers = [Config.input("in"), Config.layer("Activation", "a", calls: "[\(call)]")]
    let messages = Self.messages(layers, outputs: "[\"in\", 0, 0]")
    #expect(messages.count == 1)
    #expect(messages[0].hasPrefix("layer \"a\" (Activation), \"inbound_nodes\": expected"))
  }

  @Test("a layer without a name or a class")
  func namelessLayer() {
    let layers = [Config.input("in"), "{\"class_name\": \"Dense\", \"config\": {}}", "3"]
    #expect(
      Self.messages(layers, outputs: "[\"in\", 0, 0]") == [
        "\"layers\": expected entry 1 to have a name, a class and a configuration",
        "\"layers\": expected entry 2 to have a name, a class and a configuration",
      ])
  }

  @Test("two layers of one name")
  func repeatedName() {
    let layers = [Config.input("in"), Config.input("in")]
    #expect(
      Self.messages(layers, outputs: "[\"in\", 0, 0]") == [
        "layer \"in\" (InputLayer): two layers have this name"
      ])
  }

  @Test("a nested model called on too few values")
  func wrongInputCount() {
    let inner = Config.functional(
      [Config.input("x"), Config.input("y")], inputs: "[[\"x\", 0, 0], [\"y\", 0, 0]]",
      outputs: "[\"x\", 0, 0]", name: "m")
    let layers = [
      Config.input("in"), Config.nested(inner, "m", calls: "[\(Config.call(Config.value("in")))]"),
    ]
    #expect(
      Self.messages(layers, outputs: "[\"m\", 1, 0]") == [
        "layer \"m\" (Functional): expected 2 inputs, found 1"
      ])
  }

  @Test("training that is on in a nested model's call, which predict() turns off")
  func trainingOfNestedModel() {
    let inner = Config.sequential(
      [Config.input("x"), Config.layer("BatchNormalization", "b")], name: "m")
    let call = Config.call(Config.value("in"), keywords: "{\"training\": true}")
    let layers = [Config.input("in"), Config.nested(inner, "m", calls: "[\(call)]")]
    #expect(!Self.messages(layers, outputs: "[\"m\", 0, 0]").contains { $0.contains("training") })
  }

  @Test("nesting that multiplies calls without end")
  func explosion() throws {
    var model = Config.functional(
      [
        Config.input("x"),
        Config.layer("Activation", "a", calls: "[\(Config.call(Config.value("x")))]"),
      ],
      inputs: "[\"x\", 0, 0]", outputs: "[\"a\", 0, 0]", name: "m0")
    for level in 1...24 {
      let name = "m\(level - 1)"
      let calls = "\(Config.call(Config.value("x"))), \(Config.call(Config.value(name)))"
      model = Config.functional(
        [Config.input("x"), Config.nested(model, name, calls: "[\(calls)]")],
        inputs: "[\"x\", 0, 0]", outputs: "[\"\(name)\", 2, 0]", name: "m\(level)")
    }
    let report = ImportReport()
    let version = try #require(KerasVersion("3.15.1"))
    let json = try JSONValue(parsing: model)
    let source = try #require(ModelParser(version: version, report: report).model(json))
    let builder = GraphBuilder(version: version, report: report, mostCalls: 1000)
    _ = builder.expand(source, path: "", index: 0, inputs: [GraphValue(name: "x")])
    #expect(builder.nodes.count < 1000)
    #expect(report.problems.map(\.description) == ["the model makes more than 1000 calls"])
  }

  @Test("every problem is told, not the first alone")
  func allProblems() {
    let layers = [
      Config.input("in"),
      Config.layer("Embedding", "e", "\"mask_zero\": true"),
      Config.layer("LSTM", "l"), Self.dense,
    ]
    let file = KerasFile(config: Config.sequential(layers), groups: [("d", [.init("d/kernel")])])
    #expect(file.problems().map(\.layer) == ["e", "l", "d"])
  }
}

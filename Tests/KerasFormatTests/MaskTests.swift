import KerasFormat
import ModelFormat
import Testing

@Suite("Masks that the file does not show")
struct MaskTests {
  private static let embedding = Config.layer("Embedding", "e", "\"mask_zero\": true")
  private static let lstm = Config.layer("LSTM", "l")

  private static let weights: [(layer: String, weights: [KerasFile.Weight])] = [
    ("e", [.init("e/embeddings")]),
    ("l", ["kernel", "recurrent_kernel", "bias"].map { .init("l/\($0)") }),
  ]

  /// The layers that compute with a mask.
  private static func readers(_ file: KerasFile) throws -> [String] {
    try file.imported().contents.description.nodes
      .filter { $0.keywords["mask"] != nil }.map(\.layer)
  }

  private static func readers(
    _ layers: [String], version: String = "2.15.0"
  ) throws -> [String] {
    try readers(
      KerasFile(
        config: Config.sequential([Config.input("in")] + layers), groups: [], version: version))
  }

  @Test("a mask becomes a value, made where it is first needed")
  func made() throws {
    let description = try KerasFile(
      config: Config.sequential([Config.input("in"), Self.embedding, Self.lstm]),
      groups: Self.weights
    ).description()
    #expect(description.nodes.map(\.name) == ["e", "e/mask", "l"])
    #expect(description.nodes[1].inputs == ["in"])
    #expect(description.nodes[1].arguments == ["1": .int(0)])
    #expect(description.nodes[2].inputs == ["e", "e/mask"])
    #expect(description.nodes[2].keywords == ["mask": 1])
  }

  @Test(
    "a mask goes through the layers that hand it on, and no others",
    arguments: [
      ("Dense", true), ("Dropout", true), ("BatchNormalization", true), ("Activation", true),
      ("Flatten", false), ("Conv1D", false), ("Permute", false), ("UnknownLayer", false),
    ])
  func handedOn(className: String, passes: Bool) throws {
    let layers = [Self.embedding, Config.layer(className, "between"), Self.lstm]
    #expect(try Self.readers(layers) == (passes ? ["l"] : []))
  }

  @Test("Masking makes a mask; an embedding does so only where it is told")
  func origins() throws {
    #expect(try Self.readers([Config.layer("Masking", "m"), Self.lstm]) == ["l"])
    #expect(
      try Self.readers([Config.layer("Embedding", "e", "\"mask_zero\": false"), Self.lstm]) == [])
  }

  @Test("a recurrent layer hands its mask on where it gives a sequence")
  func recurrent() throws {
    let sequence = Config.layer("LSTM", "first", "\"return_sequences\": true")
    #expect(try Self.readers([Self.embedding, sequence, Self.lstm]) == ["first", "l"])
    let last = Config.layer("LSTM", "first", "\"return_sequences\": false")
    #expect(try Self.readers([Self.embedding, last, Self.lstm]) == ["first"])
  }

  @Test("TimeDistributed hands its mask on, and lets a recurrent layer compute with it")
  func timeDistributed() throws {
    func wrapped(_ className: String) -> String {
      Config.layer(
        "TimeDistributed", "t",
        "\"layer\": {\"class_name\": \"\(className)\", \"config\": {\"name\": \"i\"}}")
    }
    #expect(try Self.readers([Self.embedding, wrapped("Dense"), Self.lstm]) == ["l"])
    let recurrent = try KerasFile(
      config: Config.sequential([Config.input("in"), Self.embedding, wrapped("LSTM")]), groups: [],
      version: "2.15.0"
    ).imported().contents.description
    let call = try #require(recurrent.nodes.first { $0.name == "t/i" })
    #expect(call.inputs == ["t/fold", "t/mask/fold"])
    #expect(call.keywords == ["mask": 1])
  }

  @Test(
    "behind TimeDistributed a step counts where its own mask leaves anything, before Keras 3",
    arguments: [("2.15.0", "t/mask"), ("3.15.1", "e/mask")])
  func anyOfStep(version: String, mask: String) throws {
    let inner = """
      "layer": {"class_name": "LSTM", "config": {"name": "i", "return_sequences": false}}
      """
    let description = try KerasFile(
      config: Config.sequential([
        Config.input("in"), Self.embedding, Config.layer("TimeDistributed", "t", inner), Self.lstm,
      ]), groups: [], version: version
    ).imported().contents.description
    #expect(description.nodes.last?.inputs == ["t", mask])
  }

  @Test("a stateful layer inside TimeDistributed is refused")
  func statefulInside() {
    let inner =
      "\"layer\": {\"class_name\": \"GRU\", \"config\": {\"name\": \"i\", \"stateful\": true}}"
    let problems = KerasFile(
      config: Config.sequential([Config.input("in"), Config.layer("TimeDistributed", "t", inner)]),
      groups: []
    ).problems()
    #expect(problems.contains { $0.layer == "t" && $0.option == "layer" })
  }

  @Test("masks go into nested models and come out of them")
  func nested() throws {
    let inner = Config.nested(Config.sequential([Config.input("x"), Self.embedding]), "m")
    #expect(try Self.readers([inner, Self.lstm]) == ["l"])
    let outer = Config.nested(Config.sequential([Config.input("x"), Self.lstm]), "m")
    #expect(try Self.readers([Self.embedding, outer]) == ["m/l"])
  }

  @Test(
    "merged masks are joined as each version joins them", arguments: [("2.15.0", 1), ("3.15.1", 0)])
  func merged(version: String, count: Int) throws {
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("in"),
          Config.layer(
            "Embedding", "e", "\"mask_zero\": true", calls: "[\(Config.call(Config.value("in")))]"),
          Config.layer(
            "Add", "sum",
            calls: "[\(Config.call("[\(Config.value("e")), \(Config.value("in"))]"))]"),
          Config.layer("LSTM", "l", calls: "[\(Config.call(Config.value("sum")))]"),
        ], inputs: "[\"in\", 0, 0]", outputs: "[\"l\", 0, 0]"), version: version)
    #expect(try Self.readers(file).count == count)
  }

  @Test(
    "Keras 3 looks for no mask where a recurrent layer is given its state",
    arguments: [("2.15.0", 1), ("3.15.1", 0)])
  func initialState(version: String, count: Int) throws {
    let keywords = "{\"initial_state\": \(Config.value("in"))}"
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("in"),
          Config.layer(
            "Embedding", "e", "\"mask_zero\": true", calls: "[\(Config.call(Config.value("in")))]"),
          Config.layer(
            "GRU", "g", calls: "[\(Config.call(Config.value("e"), keywords: keywords))]"),
        ], inputs: "[\"in\", 0, 0]", outputs: "[\"g\", 0, 0]"), version: version)
    #expect(try Self.readers(file).count == count)
  }
}

import KerasFormat
import ModelFormat
import Testing

@Suite("Masks that the file does not show")
struct MaskTests {
  private static let embedding = Config.layer("Embedding", "e", "\"mask_zero\": true")
  private static let lstm = Config.layer("LSTM", "l")

  private static func readers(_ layers: [String], version: String = "2.15.0") -> [String?] {
    KerasFile(
      config: Config.sequential([Config.input("in")] + layers), groups: [], version: version
    )
    .problems().filter { $0.option == "mask" && $0.kind == .unsupported }.map(\.layer)
  }

  @Test("a layer that computes with a mask is refused by name")
  func refused() {
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), Self.embedding, Self.lstm]),
      groups: [
        ("e", [.init("e/embeddings")]),
        ("l", ["kernel", "recurrent_kernel", "bias"].map { .init("l/\($0)") }),
      ])
    #expect(
      file.problems().map(\.description) == [
        "layer \"l\" (LSTM), \"mask\": computes with the mask that \"e\" makes; "
          + "masks are not supported"
      ])
  }

  @Test(
    "a mask goes through the layers that hand it on, and no others",
    arguments: [
      ("Dense", true), ("Dropout", true), ("BatchNormalization", true), ("Activation", true),
      ("Flatten", false), ("Conv1D", false), ("Permute", false), ("UnknownLayer", false),
    ])
  func handedOn(className: String, passes: Bool) {
    let layers = [Self.embedding, Config.layer(className, "between"), Self.lstm]
    #expect(Self.readers(layers) == (passes ? ["l"] : []))
  }

  @Test("Masking makes a mask; an embedding does so only where it is told")
  func origins() {
    #expect(Self.readers([Config.layer("Masking", "m"), Self.lstm]) == ["l"])
    #expect(
      Self.readers([Config.layer("Embedding", "e", "\"mask_zero\": false"), Self.lstm]) == [])
  }

  @Test("a recurrent layer hands its mask on where it gives a sequence")
  func recurrent() {
    let sequence = Config.layer("LSTM", "first", "\"return_sequences\": true")
    #expect(Self.readers([Self.embedding, sequence, Self.lstm]) == ["first", "l"])
    let last = Config.layer("LSTM", "first", "\"return_sequences\": false")
    #expect(Self.readers([Self.embedding, last, Self.lstm]) == ["first"])
  }

  @Test("TimeDistributed hands its mask on, and lets a recurrent layer compute with it")
  func timeDistributed() {
    func wrapped(_ className: String) -> String {
      Config.layer(
        "TimeDistributed", "t",
        "\"layer\": {\"class_name\": \"\(className)\", \"config\": {\"name\": \"i\"}}")
    }
    #expect(Self.readers([Self.embedding, wrapped("Dense"), Self.lstm]) == ["l"])
    #expect(Self.readers([Self.embedding, wrapped("LSTM")]) == ["t"])
  }

  @Test("masks go into nested models and come out of them")
  func nested() {
    let inner = Config.nested(Config.sequential([Config.input("x"), Self.embedding]), "m")
    #expect(Self.readers([inner, Self.lstm]) == ["l"])
    let outer = Config.nested(Config.sequential([Config.input("x"), Self.lstm]), "m")
    #expect(Self.readers([Self.embedding, outer]) == ["m/l"])
  }

  @Test(
    "merged masks are joined as each version joins them", arguments: [("2.15.0", 1), ("3.15.1", 0)])
  func merged(version: String, count: Int) {
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
    #expect(file.problems().filter { $0.option == "mask" }.count == count)
  }

  @Test(
    "Keras 3 looks for no mask where a recurrent layer is given its state",
    arguments: [("2.15.0", 1), ("3.15.1", 0)])
  func initialState(version: String, count: Int) {
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
    #expect(file.problems().filter { $0.option == "mask" }.count == count)
  }
}

import Inference
import ModelFormat
import Tensors
import Testing

/// Models of strings.
@Suite struct TextModelTests {
  private let words = Tensor([3, 1], ["b", "é", ""])

  private func contents(_ layer: LayerDescription) -> ModelContents {
    ModelContents(
      description: ModelDescription(
        name: "texts",
        inputs: [InputDescription(name: "x", shape: [nil, 1], elementType: .string)],
        layers: [layer], nodes: [NodeDescription(name: "y", layer: layer.name, inputs: ["x"])],
        outputs: [OutputDescription(name: "y", value: "y")]),
      weights: [:], provenance: Provenance(source: "test"))
  }

  private var lookup: LayerDescription {
    LayerDescription(
      name: "lookup", className: "StringLookup",
      config: ["vocabulary": .array([.string("a"), .string("b")])])
  }

  @Test func stringsBecomeTheirPlaces() throws {
    let model = try Model(contents(lookup))
    #expect(model.inputs[0].elementType == .string)
    #expect(try model.predict([words])[0].elements(as: Int64.self) == [2, 0, 0])
  }

  @Test func stringsThatPassThroughOutliveTheirInputs() throws {
    let model = try Model(contents(LayerDescription(name: "same", className: "Dropout")))
    var outputs: [Tensor] = []
    do {
      let long = Tensor([1, 1], [String(repeating: "x", count: 1000)])
      outputs = try model.predict([long])
    }
    #expect(outputs[0].strings == [String(repeating: "x", count: 1000)])
  }

  @Test func largeBatchesOfStringsAreWhole() throws {
    let inverse = ModelContents(
      description: ModelDescription(
        name: "inverse",
        inputs: [InputDescription(name: "x", shape: [nil, 1], elementType: .int64)],
        layers: [
          LayerDescription(
            name: "inverse", className: "StringLookup",
            config: ["vocabulary": .array([.string("a")]), "invert": .bool(true)])
        ], nodes: [NodeDescription(name: "y", layer: "inverse", inputs: ["x"])],
        outputs: [OutputDescription(name: "y", value: "y")]),
      weights: [:], provenance: Provenance(source: "test"))
    let places = Tensor([500, 1], (0..<500).map { Int64($0 % 3) })
    var outputs: [Tensor] = []
    do { outputs = try Model(inverse, threads: 2).predict([places]) }
    #expect(outputs[0].strings == (0..<500).map { $0 % 3 == 1 ? "a" : "[UNK]" })
  }

  @Test func numbersAreNoStrings() throws {
    let model = try Model(contents(lookup))
    #expect(
      throws: PredictionError.inputElements(input: "x", expected: .string, found: .float32)
    ) { try model.predict([Tensor([1, 1], [Float(1)])]) }
  }

  @Test func layersOfNumbersRefuseStrings() {
    let dense = LayerDescription(
      name: "act", className: "Activation", config: ["activation": .string("relu")])
    #expect(
      SmallModels.problems(contents(dense)) == [
        "layer \"y\" (Activation): expected numbers, found string (1, 1)"
      ])
  }

  @Test func layersOfStringsRefuseNumbers() {
    var contents = contents(lookup)
    contents.description.inputs[0].elementType = .float32
    #expect(
      SmallModels.problems(contents) == [
        "layer \"y\" (StringLookup): expected strings, found int64 (1, 1)"
      ])
  }

  @Test func stringsWithoutAPlaceAreTold() throws {
    var layer = lookup
    layer.config["num_oov_indices"] = .int(0)
    let model = try Model(contents(layer))
    #expect(
      throws: PredictionError.value(
        layer: "y", className: "StringLookup",
        reason: "expected strings of the vocabulary, found \"é\"")
    ) { try model.predict([words]) }
  }

  @Test func vocabulariesHoldEveryTokenOnce() {
    var layer = lookup
    layer.config["vocabulary"] = .array([.string("a"), .string("b"), .string("a")])
    #expect(
      SmallModels.problems(contents(layer)) == [
        "layer \"lookup\" (StringLookup), \"vocabulary\": expected every token once, found \"a\" again"
      ])
  }
}

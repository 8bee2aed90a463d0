import Foundation
import ModelFormat
import Testing

/// One test for each way in which a bundle's metadata, or the model in it, can be wrong.
@Suite struct MalformedMetadataTests {
  @Test func aSafetensorsFileThatIsNoBundle() throws {
    var bundle = RawBundle()
    bundle.header["__metadata__"] = ["format": "pt"]
    #expect(try bundle.fault() == .notABundle)
    bundle.header["__metadata__"] = nil
    #expect(try bundle.fault() == .notABundle)
  }

  @Test func metadataThatHoldsMoreThanStrings() throws {
    var bundle = RawBundle()
    bundle.header["__metadata__"] = ["keraskit.version": 1]
    #expect(
      try bundle.fault() == .headerForm(reason: "\"__metadata__\" holds more than strings"))
  }

  @Test func anotherVersion() throws {
    var bundle = RawBundle()
    bundle["keraskit.version"] = "2"
    #expect(try bundle.fault() == .version("2"))
  }

  @Test(arguments: ["model", "precision", "provenance", "data_sha256"])
  func aKeyThatIsMissing(key: String) throws {
    var bundle = RawBundle()
    bundle["keraskit.\(key)"] = nil
    #expect(try bundle.fault() == .missingMetadata(key: "keraskit.\(key)"))
  }

  @Test func aKeyThatIsUnknownIsPassedOver() throws {
    var bundle = RawBundle()
    bundle["keraskit.later"] = "x"
    bundle["author"] = "y"
    #expect(try bundle.fault() == nil)
  }

  @Test(arguments: [
    ("precision", "int3", "unknown value \"int3\""),
    ("data_sha256", "abc", "unknown value \"abc\""),
    ("labels", "[1]", "unknown value \"[1]\""),
    ("strings", "[1]", "unknown value \"[1]\""),
    ("strings", "[\"dense/kernel\"]", "\"dense/kernel\" holds no rows of bytes"),
    ("strings", "[\"reference/inputs/z\"]", "\"reference/inputs/z\" holds no rows of bytes"),
    ("labels", "[", "byte 1: expected a value, found the end of the text"),
    ("parity", "{}", "parity: \"cases\" is missing"),
    ("provenance", "{}", "provenance: \"source\" is missing"),
    ("model", "7", "model: expected an object"),
    ("model", "{\"name\":1}", "model.name: expected a string"),
    ("model", "{\"name\":\"m\"}", "model: \"inputs\" is missing"),
    ("model", "{\"name\":\"m\",\"inputs\":[{}]}", "model.inputs[0]: \"name\" is missing"),
  ])
  func aValueThatCannotBeRead(key: String, value: String, reason: String) throws {
    var bundle = RawBundle()
    bundle["keraskit.\(key)"] = value
    #expect(try bundle.fault() == .metadata(key: "keraskit.\(key)", reason: reason))
  }

  @Test func aModelWithAnUnknownMember() throws {
    let fault = try spoiled("\"aliases\":{}", "\"aliases\":{},\"more\":1").fault()
    #expect(
      fault == .metadata(key: "keraskit.model", reason: "model: unknown member \"more\""))
  }

  @Test func aWeightThatTheFileLacks() throws {
    let fault = try spoiled("\"name\":\"bias\"", "\"name\":\"scale\"").fault()
    #expect(fault == .missingWeight("d/scale"))
  }

  @Test func aWeightOfAnotherShape() throws {
    let fault = try spoiled("\"shape\":[3,2]", "\"shape\":[2,3]").fault()
    #expect(
      fault
        == .weightType("d/kernel", expected: "float32 (2, 3)", found: "float32 (3, 2)"))
  }

  @Test func aWeightOfAnotherType() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("I32", [2], [24, 32])
    #expect(
      try bundle.fault() == .weightType("d/bias", expected: "float32 (2,)", found: "int32 (2,)"))
  }

  @Test(arguments: ["extra", "reference/x", "reference/other/x"])
  func aTensorThatIsNeitherWeightNorReference(name: String) throws {
    var bundle = RawBundle()
    bundle.header[name] = RawBundle.entry("F32", [1], [32, 36])
    bundle.data = Data(count: 36)
    #expect(try bundle.fault() == .strayTensor(name))
  }

  @Test func aCallOfALayerThatIsNotThere() throws {
    #expect(
      try contradictions("\"layer\":\"d\"", "\"layer\":\"e\"") == [
        "layer \"d\": calls layer \"e\", which the model does not hold"
      ])
  }

  @Test func aCallThatReadsALaterValue() throws {
    #expect(
      try contradictions("\"inputs\":[\"x\"]", "\"inputs\":[\"d\"]") == [
        "layer \"d\": reads \"d\", which no input or earlier call gives"
      ])
  }

  @Test func aCallThatGivesAValueTwice() throws {
    #expect(
      try contradictions("\"outputs\":[\"d\"]", "\"outputs\":[\"d\",\"x\"]") == [
        "layer \"d\": gives \"x\", which exists already"
      ])
  }

  @Test func anOutputThatNothingGives() throws {
    #expect(
      try contradictions("\"value\":\"d\"", "\"value\":\"e\"") == [
        "layer \"d\": output \"e\" is given by no input or call"
      ])
  }

  @Test func everyContradictionIsToldAtOnce() throws {
    #expect(
      try contradictions(
        "\"keywords\":{},\"layer\":\"d\"", "\"keywords\":{\"k\":7},\"layer\":\"e\"")
        == [
          "layer \"d\": calls layer \"e\", which the model does not hold",
          "layer \"d\", \"k\": stands for input 7 of a call that has 1",
        ])
    #expect(
      try contradictions("\"aliases\":{}", "\"aliases\":{\"a\":\"z\",\"x\":\"d\"}") == [
        "layer \"a\": stands for \"z\", which no input or call gives",
        "layer \"x\": stands for \"d\", but is a value of its own",
      ])
  }

  private func spoiled(_ text: String, _ replacement: String) throws -> RawBundle {
    var bundle = RawBundle()
    let model = try #require(bundle["keraskit.model"])
    try #require(model.contains(text))
    bundle["keraskit.model"] = model.replacing(text, with: replacement, maxReplacements: 1)
    return bundle
  }

  private func contradictions(_ text: String, _ replacement: String) throws -> [String] {
    guard case .contradictions(let problems) = try spoiled(text, replacement).fault() else {
      return []
    }
    return problems.map(\.description)
  }
}

import Foundation
import ModelFormat
import TemporaryFolders
import Tensors
import Testing

@Suite struct BundleRoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func whatIsWrittenIsRead() throws {
    let summary = try BundleWriter().write(SmallModel.contents, to: folder("m"))
    let bundle = try BundleReader(path: folder("m"), verifyingChecksum: true)
    let contents = bundle.contents
    #expect(contents.description.json.canonicalText == SmallModel.description.json.canonicalText)
    #expect(contents.labels == SmallModel.contents.labels)
    #expect(contents.provenance == SmallModel.contents.provenance)
    #expect(bundle.precision == .float32)
    #expect(bundle.parity == nil)
    #expect(bundle.byteCount == summary.byteCount)
    #expect(summary.weightByteCount == 32)
    #expect(contents.weights["dense/kernel"]?.elements(as: Float.self) == SmallModel.kernel)
    #expect(contents.reference.keys.sorted() == SmallModel.contents.reference.keys.sorted())
    #expect(contents.reference["activations/dense"]?.elements(as: Int64.self) == [1, 2])
  }

  @Test func stringsOfReferenceCasesSurvive() throws {
    var contents = SmallModel.contents
    contents.reference["inputs/words"] = Tensor([2, 1], ["naïve", ""])
    _ = try BundleWriter().write(contents, to: folder("m"))
    let bundle = try BundleReader(path: folder("m"), verifyingChecksum: true)
    let words = try #require(bundle.contents.reference["inputs/words"])
    #expect(words.type == TensorType([2, 1], .string))
    #expect(words.strings == ["naïve", ""])
  }

  @Test func nonFiniteOptionsSurvive() throws {
    _ = try BundleWriter().write(SmallModel.contents, to: folder("m"))
    let layer = try BundleReader(path: folder("m")).contents.description.layers[0]
    #expect(layer.config["epsilon"]?.double?.isNaN == true)
    #expect(layer.config["limit"]?.double == -.infinity)
  }

  @Test func optionsLargerThanAnyHeaderAreRefusedBeforeTheyAreWritten() throws {
    var contents = SmallModel.contents
    contents.description.layers[0].config["vocabulary"] = .array(
      [.string(String(repeating: "\u{1}", count: 100_000_000)), .string("a")])
    let error = try #require(throws: BundleError.self) {
      try BundleWriter().write(contents, to: folder("m"))
    }
    #expect("\(error)".contains("exceeds the limit of 100000000 bytes"))
    #expect(!FileManager.default.fileExists(atPath: folder("m")))
  }

  @Test func everyControlCharacterSurvives() throws {
    let text = String(String.UnicodeScalarView((0..<0x80).compactMap(Unicode.Scalar.init)))
    var contents = SmallModel.contents
    contents.labels = [text, "é" + text + "é"]
    _ = try BundleWriter().write(contents, to: folder("m"))
    #expect(try BundleReader(path: folder("m")).contents.labels == contents.labels)
  }

  @Test func equalModelsMakeEqualFiles() throws {
    for name in ["a", "b"] { _ = try BundleWriter().write(SmallModel.contents, to: folder(name)) }
    let bytes = try ["a", "b"].map { try Data(contentsOf: URL(filePath: folder($0))) }
    #expect(bytes[0] == bytes[1])
  }

  @Test func dataBeginsOnA64ByteBoundaryAndTensorsOnTheirElements() throws {
    _ = try BundleWriter(precision: .float16).write(SmallModel.contents, to: folder("m"))
    let bytes = try Data(contentsOf: URL(filePath: folder("m")))
    let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect((8 + header) % 64 == 0)
    for tensor in try BundleReader(path: folder("m")).contents.reference.values {
      tensor.withBytes { bytes in
        #expect(Int(bitPattern: bytes.baseAddress) % tensor.elementType.byteCount == 0)
      }
    }
  }

  @Test func halfPrecisionKeepsVectorsAndReferenceAtFull() throws {
    let summary = try BundleWriter(precision: .float16).write(SmallModel.contents, to: folder("m"))
    let bundle = try BundleReader(path: folder("m"), verifyingChecksum: true)
    #expect(bundle.precision == .float16)
    #expect(bundle.contents.weights["dense/kernel"]?.elementType == .float16)
    #expect(bundle.contents.weights["dense/bias"]?.elementType == .float32)
    #expect(bundle.contents.reference["inputs/x"]?.elementType == .float32)
    #expect(summary.weightByteCount == 6 * 2 + 2 * 4)
    #expect(summary.notes.isEmpty)
  }

  @Test func aWeightBeyondHalfPrecisionStaysAtFullWithANote() throws {
    var contents = SmallModel.contents
    contents.weights["dense/kernel"] = Tensor([3, 2], [1, 2, 3, -70000, 4, .infinity] as [Float])
    let summary = try BundleWriter(precision: .float16).write(contents, to: folder("m"))
    #expect(
      summary.notes == [
        "\"dense/kernel\" stays float32: it holds a magnitude of 70000.0, float16 ends at 65504"
      ])
    let bundle = try BundleReader(path: folder("m"))
    #expect(bundle.contents.weights["dense/kernel"]?.elementType == .float32)
  }

  @Test func figuresOfTheCheckAreStored() throws {
    let figures = BundleParity(
      cases: 32, values: 7, maximumAbsolute: 1.25e-7, maximumRelative: 3e-8)
    _ = try BundleWriter().write(SmallModel.contents, to: folder("m")) { bundle in
      #expect(bundle.contents.weights.count == 2)
      return figures
    }
    #expect(try BundleReader(path: folder("m"), verifyingChecksum: true).parity == figures)
  }

  @Test func aCheckThatFailsLeavesWhatStoodThere() throws {
    struct Failed: Error {}
    try Data("old".utf8).write(to: URL(filePath: folder("m")))
    #expect(throws: Failed.self) {
      try BundleWriter().write(SmallModel.contents, to: folder("m")) { _ in throw Failed() }
    }
    #expect(try folder.names == ["m"])
    #expect(try String(contentsOfFile: folder("m"), encoding: .utf8) == "old")
  }

  @Test func aBundleCanBeWrittenOverTheOneItIsReadFrom() throws {
    _ = try BundleWriter().write(SmallModel.contents, to: folder("m"))
    let bundle = try BundleReader(path: folder("m"))
    _ = try BundleWriter(precision: .float16).write(bundle.contents, to: folder("m"))
    #expect(
      bundle.contents.weights["dense/kernel"]?.elements(as: Float.self) == SmallModel.kernel)
    #expect(try BundleReader(path: folder("m")).precision == .float16)
  }

  @Test func aFolderThatIsNotThereIsToldByName() throws {
    let path = folder("none/m")
    let error = #expect(throws: BundleError.self) {
      try BundleWriter().write(SmallModel.contents, to: path)
    }
    #expect(error?.description == "\"\(path)\": cannot create: no such file or directory")
  }

  @Test func aWeightThatTheModelLacksStopsTheWriter() throws {
    var contents = SmallModel.contents
    contents.weights["dense/bias"] = nil
    let error = #expect(throws: BundleError.self) {
      try BundleWriter().write(contents, to: folder("m"))
    }
    #expect(error?.fault == .missingWeight("dense/bias"))
    #expect(try folder.names.isEmpty)
  }
}

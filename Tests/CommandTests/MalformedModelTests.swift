import Foundation
import TemporaryFolders
import Testing

/// One test for each way in which a model's file can be wrong: what is told, and the status.
@Suite struct MalformedModelTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Inspects and converts a file of the given bytes; both must fail alike, and leave no bundle.
  private func refusal(_ bytes: Data, status: Int32) throws -> String {
    try bytes.write(to: URL(filePath: folder("m.h5")))
    let inspection = try Keraskit.run("inspect", folder("m.h5"))
    #expect(inspection.status == status)
    #expect(inspection.output.isEmpty)
    let conversion = try Keraskit.run("convert", folder("m.h5"), "-o", folder("out"))
    #expect(conversion.status == status)
    #expect(conversion.errors == inspection.errors)
    #expect(try folder.names == ["m.h5"])
    return inspection.errors
  }

  @Test func aMissingFile() throws {
    let result = try Keraskit.run("inspect", folder("none.h5"))
    #expect(result.status == 2)
    #expect(
      result.errors
        == "keraskit: \"\(folder("none.h5"))\": cannot open: no such file or directory\n")
  }

  @Test func aFolder() throws {
    let result = try Keraskit.run("inspect", folder.path)
    #expect(result.status == 2)
    #expect(
      result.errors == "keraskit: \"\(folder.path)\": expected a file, a SavedModel or the "
        + "folder of a .keras archive's files, found an empty folder\n")
  }

  @Test func anArchiveIsNoneThoughAnHDF5FileBeginsWhereOneCould() throws {
    var bytes = Data("PK\u{3}\u{4}".utf8) + Data(count: 1020)
    bytes += [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] + Data(count: 100)
    #expect(
      try refusal(bytes, status: 2).contains("is cut short: the end of the archive is missing"))
  }

  @Test func anEmptyFile() throws {
    #expect(try refusal(Data(), status: 2).hasSuffix("the file is empty\n"))
  }

  @Test func aTextFile() throws {
    let error = try refusal(Data("hello, world".utf8), status: 2)
    #expect(
      error.hasSuffix(
        "expected a bundle or a Keras .h5 or .keras file, found a text\n"))
  }

  @Test func aKerasArchive() throws {
    let error = try refusal(Data("PK\u{3}\u{4}rest".utf8), status: 2)
    #expect(error.contains("is cut short: the end of the archive is missing"))
  }

  @Test func aConfigurationAlone() throws {
    let error = try refusal(Data("{\"class_name\": \"Sequential\"}".utf8), status: 2)
    #expect(error.contains("a configuration without weights; \"--weights FILE\" names them"))
  }

  @Test(arguments: [100, 2000, 9000]) func aFileThatIsCut(size: Int) throws {
    let error = try refusal(Data(contentsOf: URL(filePath: Fixture.dense)).prefix(size), status: 2)
    #expect(error.contains("m.h5"))
  }

  @Test func noModelConfiguration() throws {
    let bytes = try Fixture.patched(Fixture.dense, "model_config", "model_cunfig")
    let error = try refusal(bytes, status: 2)
    #expect(
      error.contains("\"model_config\": expected a model's configuration, found weights alone"))
  }

  @Test func noWeights() throws {
    let bytes = try Fixture.patched(Fixture.dense, "model_weights", "model_wights_")
    #expect(try refusal(bytes, status: 2).contains("weights"))
  }

  @Test func weightsOfAnotherShape() throws {
    let bytes = try Fixture.patched(Fixture.dense, "\"units\": 17", "\"units\": 18")
    let error = try refusal(bytes, status: 2)
    #expect(error.contains("layer \"relu\" (Dense)"))
    #expect(error.contains("18"))
  }

  @Test func aConfigurationThatIsNotJSON() throws {
    let bytes = try Fixture.patched(
      Fixture.dense, "{\"class_name\": \"Functional\"", "[\"class_name\": \"Functional\"")
    #expect(try refusal(bytes, status: 2).contains("model_config"))
  }

  @Test func anUnknownLayer() throws {
    let bytes = try Fixture.patched(
      Fixture.chain, "\"class_name\": \"Conv2D\"", "\"class_name\": \"Conf2D\"")
    let error = try refusal(bytes, status: 1)
    #expect(error.contains("layer \"conv2d\" (Conf2D): the layer class is not supported"))
  }

  @Test func aLambda() throws {
    let bytes = try Fixture.patched(
      Fixture.chain, "\"class_name\": \"Conv2D\"", "\"class_name\": \"Lambda\"")
    let error = try refusal(bytes, status: 1)
    #expect(error.contains("layer \"conv2d\" (Lambda)"))
  }

  @Test func anActivationThatIsUnknown() throws {
    let bytes = try Fixture.patched(
      Fixture.dense, "\"activation\": \"tanh\"", "\"activation\": \"tank\"")
    let error = try refusal(bytes, status: 1)
    #expect(error.contains("layer \"tanh\" (Dense), \"activation\""))
  }

  @Test func anActivationThatWasALambda() throws {
    let bytes = try Fixture.patched(
      Fixture.dense, "\"activation\": \"sigmoid\"", "\"activation\":\"<lambda>\"")
    let error = try refusal(bytes, status: 1)
    #expect(error.contains("a function in Python without a name"))
  }

  @Test(arguments: [4, 200, -5]) func aBundleThatIsCut(size: Int) throws {
    #expect(try Keraskit.run("convert", Fixture.dense, "-o", folder("m.h5")).status == 0)
    let bytes = try Data(contentsOf: URL(filePath: folder("m.h5")))
    let error = try refusal(bytes.prefix(size < 0 ? bytes.count + size : size), status: 2)
    #expect(error.contains("m.h5"))
  }

  @Test func aBundleWhoseHeaderOverflows() throws {
    #expect(try Keraskit.run("convert", Fixture.dense, "-o", folder("m.h5")).status == 0)
    var bytes = try Data(contentsOf: URL(filePath: folder("m.h5")))
    bytes.replaceSubrange(4..<7, with: [0xFF, 0xFF, 0xFF])
    #expect(try refusal(bytes, status: 2).contains("header length"))
  }

  @Test func aBundleWhoseWeightsAreDamaged() throws {
    #expect(try Keraskit.run("convert", Fixture.dense, "-o", folder("m.h5")).status == 0)
    var bytes = try Data(contentsOf: URL(filePath: folder("m.h5")))
    bytes[bytes.count - 1] ^= 1
    #expect(try refusal(bytes, status: 2).contains("the data's SHA-256 is"))
  }
}

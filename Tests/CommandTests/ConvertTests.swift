import Foundation
import ModelFormat
import TemporaryFolders
import Tensors
import Testing

@Suite struct ConvertTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aBundleHoldsTheModelAndItsReference() throws {
    let result = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--reference", Fixture.denseReference)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("6 of 6 values agree with Keras on 2 cases"))
    let bundle = try BundleReader(path: folder("m.st"), verifyingChecksum: true)
    #expect(bundle.contents.weights["softmax/kernel"]?.shape == [7, 6])
    #expect(bundle.contents.reference.keys.contains("outputs/softmax"))
    #expect(bundle.contents.provenance.source == "rank2.h5")
    #expect(bundle.contents.provenance.sourceSHA256.count == 64)
    #expect(bundle.parity?.values == 6)
    #expect(try folder.names == ["m.st"])
  }

  @Test func jsonTellsSizesAndParity() throws {
    let json = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--reference", Fixture.denseReference,
      "--json"
    ).json
    #expect(json["weight_bytes"] as? Int == 284 * 4)
    #expect(json["parameters"] as? Int == 284)
    let size = try FileManager.default.attributesOfItem(atPath: folder("m.st"))[.size] as? Int
    #expect(json["bytes"] as? Int == size)
    #expect((json["parity"] as? [String: Any])?["values"] as? Int == 6)
  }

  @Test func equalModelsMakeEqualBundles() throws {
    for name in ["a", "b"] {
      #expect(try Keraskit.run("convert", Fixture.dense, "-o", folder(name)).status == 0)
    }
    #expect(
      try Data(contentsOf: URL(filePath: folder("a")))
        == Data(contentsOf: URL(filePath: folder("b"))))
  }

  @Test func halfPrecisionTellsItsEffect() throws {
    let result = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--precision", "float16", "--reference",
      Fixture.denseReference)
    #expect(result.status == 0)
    #expect(result.output.contains(/float16 moves the outputs by at most \d\.\d+e-0\d/))
    #expect(result.output.contains("the same class on 2 of 2 cases"))
    let bundle = try BundleReader(path: folder("m.st"))
    #expect(bundle.contents.weights["softmax/kernel"]?.elementType == .float16)
    #expect(try Keraskit.run("verify", folder("m.st")).status == 0)
    #expect(try Keraskit.run("verify", folder("m.st"), "--rtol", "1e-6").status == 1)
  }

  @Test func aBundleCanBeConvertedOnceMore() throws {
    #expect(
      try Keraskit.run(
        "convert", Fixture.dense, "-o", folder("a"), "--reference", Fixture.denseReference
      ).status == 0)
    let result = try Keraskit.run("convert", folder("a"), "-o", folder("b"), "--precision=float16")
    #expect(result.status == 0)
    let bundle = try BundleReader(path: folder("b"))
    #expect(bundle.precision == .float16)
    #expect(bundle.contents.provenance.source == "rank2.h5")
    #expect(bundle.contents.reference["outputs/softmax"] != nil)
  }

  @Test(arguments: ["zero\none\n", "[\"zero\", \"one\"]"]) func labelsAreStored(text: String) throws
  {
    try text.write(toFile: folder("labels"), atomically: false, encoding: .utf8)
    let result = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--labels", folder("labels"))
    #expect(result.status == 0)
    #expect(try BundleReader(path: folder("m.st")).contents.labels == ["zero", "one"])
  }

  @Test func labelsThatAreNoneAreRefused() throws {
    try "[1]".write(toFile: folder("labels"), atomically: false, encoding: .utf8)
    let result = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--labels", folder("labels"))
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix("labels\": expected a JSON list of strings\n"))
    #expect(try folder.names == ["labels"])
  }

  @Test func aModelThatDiffersFromItsReferenceIsNotWritten() throws {
    try "old".write(toFile: folder("m.st"), atomically: false, encoding: .utf8)
    let spoiled = try Fixture.spoiledReference(of: "conv2d", in: folder)
    let result = try Keraskit.run(
      "convert", Fixture.chain, "-o", folder("m.st"), "--reference", spoiled)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("values differ from Keras, first layer \"conv2d\""))
    #expect(try folder.names == ["m.st", "spoiled.npz"])
    #expect(try String(contentsOfFile: folder("m.st"), encoding: .utf8) == "old")
  }

  @Test func theAllowedDifferenceCanBeGiven() throws {
    let spoiled = try Fixture.spoiledReference(of: "conv2d", in: folder)
    let allowed = try Keraskit.run(
      "convert", Fixture.chain, "-o", folder("m.st"), "--reference", spoiled, "--atol", "1001")
    #expect(allowed.status == 0)
    let strict = try Keraskit.run(
      "convert", Fixture.dense, "-o", folder("m.st"), "--reference", Fixture.denseReference,
      "--precision", "float16", "--atol=0", "--rtol=1e-6")
    #expect(strict.status == 1)
  }

  @Test func aFolderThatIsNotThereIsToldByName() throws {
    let result = try Keraskit.run("convert", Fixture.dense, "-o", folder("none/m.st"))
    #expect(result.status == 2)
    #expect(result.errors.contains("none/m.st\": cannot create: no such file or directory"))
  }
}

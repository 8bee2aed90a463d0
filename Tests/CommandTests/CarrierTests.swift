import Foundation
import KerasFormat
import Tensors
import Testing

/// One model in every form in which Keras 3 and Keras 2 save it.
@Suite struct CarrierTests {
  private static func path(_ name: String) -> String { Fixture.path("carriers/\(name)") }

  private static let archives = [path("keras.keras"), path("keras.keras2.keras")]
  /// A configuration and its weights, as Keras 3's tree of objects or as the older list of layers.
  static let pairs = ["", ".keras2"].flatMap { keras in
    [("tree", "weights"), ("list", "legacy")].map { form, weights in
      (path("\(form)\(keras).json"), path("\(form)\(keras).\(weights).h5"))
    }
  }

  private static func reference(for model: String) -> String {
    path(model.contains(".keras2.") ? "reference.keras2.npz" : "reference.npz")
  }

  @Test(arguments: archives) func anArchiveIsReadAsItIs(model: String) throws {
    let result = try Keraskit.run("verify", model, "--reference", Self.reference(for: model))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("21 of 21 values agree with Keras on 2 cases\n"))
    #expect(result.status == 0)
  }

  @Test(arguments: pairs) func aConfigurationTakesItsWeights(
    model: String, weights: String
  ) throws {
    let result = try Keraskit.run(
      "verify", model, "--weights", weights, "--reference", Self.reference(for: model))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("21 of 21 values agree with Keras on 2 cases\n"))
    #expect(result.status == 0)
  }

  @Test func aFolderOfAnArchivesFilesIsReadAsTheArchive() throws {
    let folder = try TemporaryFolder()
    let files = [("tree.json", "config.json"), ("tree.weights.h5", "model.weights.h5")]
    for (name, place) in files {
      try FileManager.default.copyItem(atPath: Self.path(name), toPath: folder(place))
    }
    let result = try Keraskit.run(
      "verify", folder.path, "--reference", Self.path("reference.npz"))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("21 of 21 values agree with Keras on 2 cases\n"))
  }

  @Test func everyCommandTakesWeights() throws {
    let folder = try TemporaryFolder()
    let (model, weights) = Self.pairs[0]
    let words = [model, "--weights", weights]
    let inspection = try Keraskit.run(["inspect"] + words)
    #expect(inspection.output.contains("both_ways"))
    let conversion = try Keraskit.run(
      ["convert"] + words + ["-o", folder("m"), "--reference", Self.path("reference.npz")])
    #expect(conversion.status == 0)
    #expect(try Keraskit.run("verify", folder("m")).status == 0)
    #expect(try Keraskit.run(["bench"] + words + ["--seconds", "0.1"]).status == 0)
  }

  @Test func aConfigurationWithoutWeightsIsNoModel() throws {
    let result = try Keraskit.run("inspect", Self.pairs[0].0)
    #expect(result.status == 2)
    #expect(result.errors.contains("a configuration without weights"))
  }

  @Test func weightsGoWithNothingElse() throws {
    let result = try Keraskit.run("inspect", Self.archives[0], "--weights", Self.pairs[0].1)
    #expect(result.status == 64)
    #expect(result.errors.contains("goes with a config.json"))
  }

  @Test func weightsOfAnotherModelDoNotFit() throws {
    let result = try Keraskit.run(
      "inspect", Self.pairs[0].0, "--weights", Fixture.path("layers/Dense/rank2.h5"))
    #expect(result.status == 2)
    #expect(result.errors.contains("layer \"both_ways\" (Bidirectional), \"weights\": expected"))
  }

  @Test func aCutArchiveIsNone() throws {
    let folder = try TemporaryFolder()
    let data = try Data(contentsOf: URL(filePath: Self.archives[0]))
    for part in [0.3, 0.9, 0.999] {
      try data.prefix(Int(Double(data.count) * part)).write(to: URL(filePath: folder("cut.keras")))
      let result = try Keraskit.run("inspect", folder("cut.keras"))
      #expect(result.status == 2)
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func anArchiveOfSomethingElseIsToldFromAModel() throws {
    let folder = try TemporaryFolder()
    try NumPyArchive.write([(name: "x", tensor: Tensor([1], [Float(1)]))], to: folder("x.npz"))
    let result = try Keraskit.run("inspect", folder("x.npz"))
    #expect(result.status == 2)
    #expect(result.errors.contains("has no 'config.json'"))
  }

  @Test func aWeightThatWasChangedIsNoticed() throws {
    let folder = try TemporaryFolder()
    var data = try Data(contentsOf: URL(filePath: Self.archives[0]))
    let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    let start = try #require(data.range(of: signature)).lowerBound
    data[start + 20_000] ^= 0xFF
    try data.write(to: URL(filePath: folder("changed.keras")))
    let result = try Keraskit.run("inspect", folder("changed.keras"))
    #expect(result.status == 2)
    #expect(result.errors.contains("\"model.weights.h5\""))
  }
}

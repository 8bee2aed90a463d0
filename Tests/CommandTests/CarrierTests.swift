import Foundation
import KerasFormat
import TemporaryFolders
import Tensors
import Testing
import ZipFiles

/// One model in every form in which Keras 3 and Keras 2 save it.
@Suite struct CarrierTests {
  private static func path(_ name: String) -> String { Fixture.path("carriers/\(name)") }

  /// Archives with the weights in HDF5 and as NumPy's arrays, whole models in HDF5 that were copied
  /// with compression in the newest form of HDF5, and a SavedModel.
  private static let archives = [
    "keras.keras", "keras.keras2.keras", "npz.keras", "again.h5", "again.keras2.h5",
    "saved_model.keras2.saved",
  ].map(path)
  /// A configuration and its weights: Keras 3's tree of objects, the older list of layers, several
  /// files, those in an archive, or a checkpoint by its name or its index.
  static let pairs =
    ["", ".keras2"].flatMap { keras in
      [("tree", "weights"), ("list", "legacy")].map { form, weights in
        (path("\(form)\(keras).json"), path("\(form)\(keras).\(weights).h5"))
      }
    } + [
      (path("shards.json"), path("shards.weights.json")), (path("tree.json"), archives[0]),
      (path("tree.json"), path("npz.keras")),
    ]
    + ["", ".index"].map { ending in
      (path("checkpoint.keras2.json"), path("checkpoint.keras2.ckpt\(ending)"))
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

  @Test(arguments: [
    ["tree.weights.h5": "model.weights.h5"],
    [
      "shards.weights.json": "model.weights.json", "shards_00000.weights.h5": nil,
      "shards_00001.weights.h5": nil, "shards_00002.weights.h5": nil,
      "shards_00003.weights.h5": nil,
    ],
  ])
  func aFolderOfAnArchivesFilesIsReadAsTheArchive(files: [String: String?]) throws {
    let folder = try TemporaryFolder()
    for (name, place) in files.merging(["tree.json": "config.json"], uniquingKeysWith: { $1 }) {
      try FileManager.default.copyItem(atPath: Self.path(name), toPath: folder(place ?? name))
    }
    let result = try Keraskit.run(
      "verify", folder.path, "--reference", Self.path("reference.npz"))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("21 of 21 values agree with Keras on 2 cases\n"))
  }

  @Test(arguments: ["model.weights.npz", "model.weights.h5"])
  func aFolderMayHoldArraysUnderEitherName(name: String) throws {
    let folder = try TemporaryFolder()
    let archive = try ZipArchive(path: Self.path("npz.keras"))
    for entry in archive.entries {
      let place = entry.name == "model.weights.npz" ? name : entry.name
      try Data(try archive.data(of: entry.name)).write(to: URL(filePath: folder(place)))
    }
    let result = try Keraskit.run(
      "verify", folder.path, "--reference", Self.path("reference.npz"))
    #expect(result.errors == "")
    let provenance = try Keraskit.run("inspect", folder.path, "--json").json["provenance"]
    #expect((provenance as? [String: Any])?["keras_version"] as? String == "3.15.1")
  }

  @Test func aSavedModelHasWhatItsLayersLearned() throws {
    let result = try Keraskit.run(
      "verify", Self.path("words.saved"), "--reference", Self.path("words.npz"))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("10 of 10 values agree with Keras on 2 cases\n"))
  }

  @Test func aModelOfTensorFlowJSIsRead() throws {
    let result = try Keraskit.run(
      "verify", Self.path("named.tfjs/model.json"), "--reference", Self.path("named.npz"))
    #expect(result.errors == "")
    #expect(result.output.hasSuffix("values agree with Keras on 2 cases\n"))
    #expect(result.status == 0)
  }

  @Test func aSavedModelsWeightsAreHashed() throws {
    let provenance =
      try Keraskit.run("inspect", Self.path("words.saved"), "--json").json["provenance"]
      as? [String: Any]
    #expect((provenance?["source_sha256"] as? String)?.count == 64)
    #expect(provenance?["keras_version"] as? String == "2.21.0")
  }

  @Test(arguments: ["variables/variables.index", "variables/variables.data-00000-of-00001"])
  func aSavedModelsMissingFileIsNamed(name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Self.path("words.saved"), toPath: folder("words.saved"))
    try FileManager.default.removeItem(atPath: folder("words.saved/\(name)"))
    let result = try Keraskit.run("convert", folder("words.saved"), "-o", folder("m"))
    #expect(result.status == 2)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.errors.contains(name))
    #expect(!FileManager.default.fileExists(atPath: folder("m")))
  }

  @Test func aMissingShardIsNamed() throws {
    let folder = try TemporaryFolder()
    for name in ["shards.weights.json", "shards_00000.weights.h5", "shards_00002.weights.h5"] {
      try FileManager.default.copyItem(atPath: Self.path(name), toPath: folder(name))
    }
    let result = try Keraskit.run(
      "inspect", Self.path("shards.json"), "--weights", folder("shards.weights.json"))
    #expect(result.status == 2)
    #expect(result.errors.contains("shards_00001.weights.h5"))
  }

  @Test(arguments: ["../../etc/passwd", "/etc/passwd", "..", ""])
  func aListOfShardsLeadsNowhereElse(name: String) throws {
    let folder = try TemporaryFolder()
    let map = "{\"weight_map\": {\"/layers/dense/vars\": \"\(name)\"}}"
    try map.write(toFile: folder("m.weights.json"), atomically: true, encoding: .utf8)
    let result = try Keraskit.run(
      "inspect", Self.path("shards.json"), "--weights", folder("m.weights.json"))
    #expect(result.status == 2)
    #expect(result.errors.contains("expected files beside this one"))
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

  @Test func aConfigurationWithoutWeightsIsShownAsFarAsItTells() throws {
    let result = try Keraskit.run("inspect", Self.pairs[0].0)
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("a configuration without weights"))
    #expect(result.output.contains("both_ways"))
    #expect(result.output.contains("Bidirectional"))
    let json = try Keraskit.run("inspect", Self.pairs[0].0, "--json")
    #expect(json.status == 2)
    let layers = try json.json["layers"] as? [[String: Any]]
    #expect(layers?.contains { $0["name"] as? String == "both_ways" } == true)
    #expect((try json.json["problems"] as? [Any])?.count == 1)
    #expect(try Keraskit.run("bench", Self.pairs[0].0).errors.contains("without weights"))
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
    #expect(
      result.errors.contains(
        "\"config.json\": expected a model's configuration, found NumPy's arrays"))
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

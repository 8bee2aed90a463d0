import Foundation
import KerasFormat
import TemporaryFolders
import Tensors
import Testing

@Suite struct PredictTests {
  let folder: TemporaryFolder
  let reference: [String: Tensor]

  init() throws {
    folder = try TemporaryFolder()
    reference = try ReferenceFile.tensors(ofArchive: Fixture.denseReference)
  }

  private func isClose(_ tensor: Tensor?, _ name: String) throws -> Bool {
    let expected = try #require(reference["outputs/\(name)"])
    return try Closeness(of: #require(tensor), to: expected).isClose
  }

  @Test func anArchiveOfArraysGivesAnArchiveOfArrays() throws {
    try NumPyArchive.write(
      [("x", #require(reference["inputs/x"]))], to: folder("in.npz"))
    let result = try Keraskit.run(
      "predict", Fixture.dense, "--input", folder("in.npz"), "--output", folder("out.npz"))
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    let outputs = try NumPyArchive.read(path: folder("out.npz"))
    #expect(outputs.keys.sorted() == ["no_bias", "one", "plain", "relu", "softmax", "tanh"])
    for (name, tensor) in outputs { #expect(try isClose(tensor, name)) }
  }

  @Test func exactConvolutionsAreComputedAnotherWay() throws {
    let arguments = [
      "predict", Fixture.path("digits/cnn.h5"), "-i", Fixture.path("digits/png/7.png"),
    ]
    for (name, option) in [("fast.npz", []), ("exact.npz", ["--exact"])] {
      let result = try Keraskit.run(arguments + ["-o", folder(name)] + option)
      #expect(result.status == 0)
    }
    let fast = try #require(try NumPyArchive.read(path: folder("fast.npz")).values.first)
    let exact = try #require(try NumPyArchive.read(path: folder("exact.npz")).values.first)
    #expect(try Closeness(of: fast, to: exact).isClose)
    #expect(fast.npyData != exact.npyData)
  }

  @Test func resultsGoByTheirNumbersOnRequest() throws {
    let result = try Keraskit.run(
      "predict", Fixture.dense, "--input", Fixture.denseReference, "--output", folder("o.npz"),
      "--output-names", "index")
    #expect(result.status == 0)
    let outputs = try NumPyArchive.read(path: folder("o.npz"))
    #expect(outputs.keys.sorted() == ["out0", "out1", "out2", "out3", "out4", "out5"])
    #expect(try isClose(outputs["out4"], "softmax"))
  }

  @Test func aSingleArrayGivesASingleArray() throws {
    let images = try ReferenceFile.tensors(ofArchive: Fixture.chainReference)
    let input = try #require(images["inputs/x"])
    try Data(input.npyData).write(to: URL(filePath: folder("in.npy")))
    let result = try Keraskit.run(
      "predict", Fixture.chain, "--input", folder("in.npy"), "-o", folder("out.npy"))
    #expect(result.status == 0)
    let output = try Tensor(npy: Data(contentsOf: URL(filePath: folder("out.npy"))))
    #expect(try Closeness(of: output, to: #require(images["outputs/conv2d_1"])).isClose)
  }

  @Test func stringsAreReadFromEveryCarrier() throws {
    let model = Fixture.path("layers/StringLookup/inverse.h5")
    let places = Fixture.path("layers/StringLookup/places.h5")
    let words = Tensor([1, 3], ["apple", "été", "?"])
    try Data(words.npyData).write(to: URL(filePath: folder("in.npy")))
    try Data("[\"apple\",\"été\",\"?\"]".utf8).write(to: URL(filePath: folder("in.json")))
    for input in ["in.npy", "in.json"] {
      let result = try Keraskit.run(
        "predict", places, "--input", folder(input), "--output", folder("places.npz"))
      #expect(result.status == 0)
      let outputs = try NumPyArchive.read(path: folder("places.npz"))
      #expect(outputs["plain"]?.elements(as: Int64.self) == [1, 3, 0])
    }
    let lines = try Keraskit.run("predict", model, "--input", "-", input: "[1,3,0]\n[0,0,2]\n")
    #expect(
      lines.output == """
        {"outputs":{"plain":["apple","été","[UNK]"],"masked":["?","pear",""]}}
        {"outputs":{"plain":["[UNK]","[UNK]","pear"],"masked":["","","apple"]}}

        """)
    let wrong = try Keraskit.run("predict", places, "--input", "-", input: "[\"a\",1,\"b\"]\n")
    #expect(wrong.output.contains("at [1]: expected a string, found 1"))
  }

  @Test func severalResultsDoNotFitASingleArray() throws {
    let result = try Keraskit.run(
      "predict", Fixture.dense, "--input", Fixture.denseReference, "-o", folder("out.npy"))
    #expect(result.status == 64)
    #expect(result.errors.contains("a .npy file holds one array, there are 6 results"))
  }

  @Test func jsonIsReadAndWritten() throws {
    try "[[1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 0]]".write(
      toFile: folder("in.json"), atomically: false, encoding: .utf8)
    let result = try Keraskit.run("predict", Fixture.dense, "--input", folder("in.json"))
    #expect(result.status == 0)
    let outputs = try result.json["outputs"] as? [String: [[Double]]]
    #expect(outputs?["softmax"]?.map { $0.reduce(0, +).rounded() } == [1, 1])
    let file = try Keraskit.run(
      "predict", Fixture.dense, "--input", folder("in.json"), "--output", folder("out.json"))
    #expect(file.status == 0)
    #expect(try String(contentsOfFile: folder("out.json"), encoding: .utf8) == result.output)
  }

  @Test func theOutputOfAnyLayerCanBeHad() throws {
    let result = try Keraskit.run(
      "predict", Fixture.chain, "--input", Fixture.chainReference, "--layer", "conv2d",
      "--output", folder("o.npz"))
    #expect(result.status == 0)
    let outputs = try NumPyArchive.read(path: folder("o.npz"))
    let images = try ReferenceFile.tensors(ofArchive: Fixture.chainReference)
    #expect(outputs.keys.sorted() == ["conv2d", "conv2d_1"])
    #expect(
      try Closeness(
        of: #require(outputs["conv2d"]), to: #require(images["activations/conv2d"])
      ).isClose)
  }

  @Test func aLayerThatIsNotThereIsAnsweredWithAGuess() throws {
    let result = try Keraskit.run(
      "predict", Fixture.chain, "--input", Fixture.chainReference, "--layer", "conv2")
    #expect(result.status == 64)
    #expect(
      result.errors.contains("the model has no layer \"conv2\"; did you mean \"conv2d\"?"))
  }

  @Test(arguments: [
    ("[[1, 2], [3]]", "input \"x\": at [1]: expected 2 elements, found a list of 1"),
    ("[[1, \"a\"]]", "input \"x\": at [0][1]: expected a number, found \"a\""),
    ("[1, 2]", "input \"x\": expected shape (any, 7), found (2,)"),
    ("{\"y\": [1], \"z\": [2]}", "no value for the input \"x\", found \"y\", \"z\""),
    ("{}", "no value for the input \"x\", found none"),
    ("[1", "byte 2: expected ',' or ']', found the end of the text"),
  ])
  func jsonThatDoesNotFitIsRefused(text: String, message: String) throws {
    try text.write(toFile: folder("in.json"), atomically: false, encoding: .utf8)
    let result = try Keraskit.run("predict", Fixture.dense, "--input", folder("in.json"))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors == "keraskit: \"\(folder("in.json"))\": \(message)\n")
  }

  @Test func oneArrayIsNotEnoughForSeveralInputs() throws {
    try Data(Tensor([1, 2], [1, 2] as [Float]).npyData).write(
      to: URL(filePath: folder("in.npy")))
    let model = Fixture.path("models/inputs_named_like_keys.h5")
    let result = try Keraskit.run("predict", model, "--input", folder("in.npy"))
    #expect(result.status == 2)
    #expect(
      result.errors.hasSuffix(
        "expected a .npz with an array for each of the inputs \"id\", \"inputs\", found one array\n"
      ))
  }

  @Test func anIndexOutsideAnEmbeddingIsToldWithItsLayer() throws {
    try "[[1, 2, 3, 4, 77]]".write(
      toFile: folder("in.json"), atomically: false, encoding: .utf8)
    let model = Fixture.path("layers/Embedding/ids_int32.h5")
    let result = try Keraskit.run("predict", model, "--input", folder("in.json"))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(
      result.errors.hasSuffix(
        "layer \"three\" (Embedding): expected indices from -11 to 10, found 77\n"))
  }

  @Test func arraysOfOtherNamesAreRefused() throws {
    let zeros = Tensor([1, 7], [Float](repeating: 0, count: 7))
    try NumPyArchive.write([("x", zeros), ("y", zeros)], to: folder("in.npz"))
    let result = try Keraskit.run("predict", Fixture.dense, "--input", folder("in.npz"))
    #expect(result.status == 2)
    #expect(result.errors.contains("the model has no input \"y\", its inputs are \"x\""))
  }
}

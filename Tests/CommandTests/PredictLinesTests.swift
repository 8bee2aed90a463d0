import Foundation
import TemporaryFolders
import Testing

/// `predict --input -`: a line of JSON in, a line of JSON out.
@Suite struct PredictLinesTests {
  private static let item = "[1,2,3,4,5,6,7]"

  private func lines(_ result: Keraskit.Result) throws -> [[String: Any]] {
    try result.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func identifiersAndOrderAreKept() throws {
    let input = (0..<100).map { "{\"id\": \"n\($0)\", \"x\": [\($0),0,0,0,0,0,0]}\n" }.joined()
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    #expect(result.status == 0)
    #expect(try lines(result).map { $0["id"] as? String } == (0..<100).map { "n\($0)" })
  }

  @Test func everyFormOfALineGivesTheSame() throws {
    let input = """
      \(Self.item)
      {"x":\(Self.item)}

      {"inputs":\(Self.item)}
      {"inputs":{"x":\(Self.item)},"id":null}
      """
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    #expect(result.status == 0)
    let outputs = try lines(result).map { $0["outputs"] as? [String: [Double]] }
    #expect(outputs.count == 4)
    #expect(outputs.allSatisfy { $0 == outputs[0] && $0?["softmax"]?.count == 6 })
    #expect(try lines(result).map { $0["id"] == nil } == [true, true, true, false])
  }

  @Test func aLineMayHoldABatch() throws {
    let input = "[\(Self.item),\(Self.item)]\n\(Self.item)\n"
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    let outputs = try lines(result).map { $0["outputs"] as? [String: Any] }
    #expect((outputs[0]?["one"] as? [[Double]])?.count == 2)
    #expect((outputs[1]?["one"] as? [Double])?.count == 1)
  }

  @Test func resultsDoNotDependOnTheirNeighbours() throws {
    let items = (0..<70).map { "[\($0),1,\($0 % 7),3,0.5,-\($0),2]\n" }
    let together = try Keraskit.run(
      "predict", Fixture.dense, "--input", "-", input: items.joined())
    let alone = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: items[66])
    #expect(together.output.split(separator: "\n")[66] == alone.output.dropLast())
  }

  @Test func aStatefulModelGoesOnFromLineToLine() throws {
    let line = "[[1,2,3,4],[0,1,0,1],[2,0,1,0]]\n"
    let input = line + line + "\n" + line
    let kept = try Keraskit.run(
      "predict", Fixture.stateful, "--input", "-", "--stateful", input: input)
    let lines = kept.output.split(separator: "\n")
    #expect(kept.status == 0 && lines.count == 3)
    #expect(lines[0] != lines[1] && lines[0] == lines[2])
    let alone = try Keraskit.run("predict", Fixture.stateful, "--input", "-", input: input)
    #expect(alone.output.split(separator: "\n") == [lines[0], lines[0], lines[0]])
  }

  @Test func statesAreForLinesOfAStatefulModel() throws {
    let other = try Keraskit.run(
      "predict", Fixture.dense, "--input", "-", "--stateful", input: Self.item)
    #expect(other.status == 2 && other.errors.contains("expected a stateful layer"))
    let file = try Keraskit.run(
      "predict", Fixture.stateful, "--input", "x.npy", "--stateful", input: "")
    #expect(file.status == 64)
  }

  @Test func aLineThatFailsIsAnsweredWithItsErrorAndTheOthersAllTheSame() throws {
    let input = """
      {"id":1,"x":\(Self.item)}
      {"id":[2, "b"],"x":[1]}
      {"id":3
      {"id":4,"x":\(Self.item)}

      """
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    #expect(result.status == 2)
    let answers = try lines(result)
    #expect(answers.map { $0["outputs"] != nil } == [true, false, false, true])
    #expect(answers.map { $0["id"] as? Int } == [1, nil, nil, 4])
    let second = "line 2: input \"x\": expected shape (any, 7), found (1,)"
    #expect(answers[1]["error"] as? String == second)
    #expect(answers[1]["id"] as? [AnyHashable] == [2, "b"])
    #expect((answers[2]["error"] as? String)?.hasPrefix("line 3: ") == true)
    #expect(
      result.errors
        == "keraskit: standard input, \(second), the first of 2 lines that failed\n")
  }

  @Test(arguments: ["12345678901234567890123", "1.50", "9007199254740993", "{\"a\" : [1e2]}"])
  func identifiersComeBackByteForByte(id: String) throws {
    let input = "{\"x\":\(Self.item), \"id\" : \(id) }\n{\"x\":1,\"id\":\(id)}\n"
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    let lines = result.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("{\"id\":\(id),\"outputs\":"))
    #expect(lines[1].hasPrefix("{\"id\":\(id),\"error\":"))
  }

  @Test func anItemThatFailsLeavesItsNeighboursAlone() throws {
    let input = ["[1,2,3,4,5]", "[1,99,3,4,5]", "[0,0,0,0,0]"].map { "{\"x\":\($0)}\n" }.joined()
    let model = Fixture.path("layers/Embedding/ids_int32.h5")
    let result = try Keraskit.run("predict", model, "--input", "-", input: input)
    #expect(result.status == 2)
    let answers = try lines(result)
    #expect(answers.map { $0["error"] != nil } == [false, true, false])
    #expect((answers[1]["error"] as? String)?.contains("expected indices from -") == true)
  }

  @Test(arguments: ["models/inputs_named_like_keys", "models/inputs_named_like_keys.keras2"])
  func inputsComeBeforeTheWordsOfTheWrapper(model: String) throws {
    let named = #"{"id":[1,2],"inputs":[3,4,5]}"#
    let wrapped = #"{"id":7,"inputs":{"id":[1,2],"inputs":[3,4,5]}}"#
    let folder = try TemporaryFolder()
    let result = try Keraskit.run(
      "predict", Fixture.path(model + ".h5"), "--input", "-", input: "\(named)\n\(wrapped)\n")
    #expect(result.status == 0)
    let answers = result.output.split(separator: "\n")
    #expect(answers[0] == "{" + answers[1].dropFirst(8))
    #expect(answers[1].hasPrefix("{\"id\":7,"))
    for text in [named, wrapped] {
      try text.write(toFile: folder("in.json"), atomically: false, encoding: .utf8)
      let file = try Keraskit.run(
        "predict", Fixture.path(model + ".h5"), "--input", folder("in.json"))
      #expect(file.errors.isEmpty)
    }
  }

  @Test func aFileForTheResultsDoesNotGoWithLines() throws {
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", "-o", "x.json")
    #expect(result.status == 64)
  }
}

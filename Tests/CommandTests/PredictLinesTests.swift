import Foundation
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

  @Test func aLineThatFailsIsNamedAndThoseBeforeItAreAnswered() throws {
    let input = "\(Self.item)\n\(Self.item)\n{\"x\":[1]}\n\(Self.item)\n"
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", input: input)
    #expect(result.status == 2)
    #expect(try lines(result).count == 2)
    #expect(
      result.errors
        == "keraskit: standard input, line 3: input \"x\": expected shape (any, 7), found (1,)\n")
  }

  @Test func aFileForTheResultsDoesNotGoWithLines() throws {
    let result = try Keraskit.run("predict", Fixture.dense, "--input", "-", "-o", "x.json")
    #expect(result.status == 64)
  }
}

import Foundation
import TemporaryFolders
import Testing

@Suite struct BenchTests {
  @Test func jsonHoldsTheFigures() throws {
    let result = try Keraskit.run(
      "bench", Fixture.chain, "--seconds", "0.1", "--batch", "2", "--threads", "1", "--json")
    #expect(result.status == 0)
    let json = try result.json
    for key in [
      "median_ms", "p99_ms", "items_per_second", "multiply_adds", "peak_share", "peak_rss_bytes",
      "load_ms",
    ] {
      let value = try #require(json[key] as? Double)
      #expect(value > 0, "\(key)")
    }
    #expect(json["batch"] as? Int == 2)
    #expect(json["threads"] as? Int == 1)
    #expect(json["multiply_adds"] as? Int == 63488)
    let median = try #require(json["median_ms"] as? Double)
    #expect(try median <= #require(json["p99_ms"] as? Double))
  }

  @Test func moreInputsThanAreMadeUpAreRefused() throws {
    let result = try Keraskit.run("bench", Fixture.chain, "--batch", "1000000")
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1 && result.errors.contains("numbers to make up"))
  }

  @Test func textHoldsTheFigures() throws {
    let result = try Keraskit.run("bench", Fixture.dense, "--seconds=0.1")
    #expect(result.status == 0)
    for title in ["median", "p99", "throughput", "peak", "memory", "load"] {
      #expect(result.output.contains("\(title) "))
    }
  }

  @Test func profileHoldsEveryStep() throws {
    let result = try Keraskit.run(
      "bench", Fixture.chain, "--seconds", "0.1", "--batch", "3", "--threads", "1", "--profile",
      "--json")
    #expect(result.status == 0)
    let json = try result.json
    let steps = try #require(json["steps"] as? [[String: Any]])
    #expect(steps.contains { $0["class_name"] as? String == "Conv2D" })
    func sum(_ key: String) throws -> Double {
      try steps.reduce(0) { try $0 + #require($1[key] as? Double) }
    }
    #expect(try sum("multiply_adds") == 3 * #require(json["multiply_adds"] as? Double))
    #expect(try abs(sum("share") - 1) < 1e-6)
    for key in ["median_ms", "bytes"] {
      #expect(try steps.allSatisfy { try #require($0[key] as? Double) > 0 }, "\(key)")
    }
  }

  @Test func profileListsTheSlowestStepFirst() throws {
    func steps(_ options: String...) throws -> [Int] {
      let result = try Keraskit.run(
        ["bench", Fixture.chain, "--seconds", "0.1", "--profile"] + options)
      #expect(result.status == 0)
      return result.output.matches(of: #/│ +(\d+) │ /#).compactMap { Int($0.1) }
    }
    let inOrder = try steps("--in-order")
    #expect(inOrder.count > 1)
    #expect(inOrder == Array(1...inOrder.count))
    #expect(try steps().sorted() == inOrder)
  }

  @Test func traceHoldsTheStepsOfSomeRuns() throws {
    let folder = try TemporaryFolder()
    let result = try Keraskit.run(
      "bench", Fixture.chain, "--seconds", "0.1", "--trace", folder("trace.json"))
    #expect(result.status == 0)
    let data = try Data(contentsOf: URL(filePath: folder("trace.json")))
    let trace = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    let predictions = events.filter { $0["cat"] as? String == "prediction" }
    let convolutions = events.filter { $0["cat"] as? String == "Conv2D" }
    #expect(!predictions.isEmpty)
    #expect(convolutions.count.isMultiple(of: predictions.count))
    #expect(!convolutions.isEmpty)
    for event in events {
      #expect(event["ph"] as? String == "X")
      #expect(try #require(event["dur"] as? Double) >= 0)
    }
  }

  @Test func runsOnRequestAreTimedOneByOne() throws {
    let result = try Keraskit.run(
      ["bench", Fixture.chain, "--requests", "--threads", "1"], input: "2\n5\n")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 3)
    let ready = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
    #expect(try #require(ready?["first_answer_ms"] as? Double) > 0)
    let times = lines.dropFirst().map { $0.split(separator: " ").compactMap { Double($0) } }
    #expect(times.map(\.count) == [2, 5])
    #expect(times.joined().allSatisfy { $0 > 0 })
  }

  @Test(arguments: ["x", "0", "-1", "1.5", ""]) func aRequestIsAWholeNumber(line: String) throws {
    let result = try Keraskit.run(
      ["bench", Fixture.chain, "--requests", "--threads", "1"], input: line + "\n")
    #expect(result.status == 2)
    #expect(
      result.errors
        == "keraskit: standard input: expected a number from 1 to 1000000, found \"\(line)\"\n")
  }
}

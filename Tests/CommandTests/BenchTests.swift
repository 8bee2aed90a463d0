import Foundation
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

  @Test func textHoldsTheFigures() throws {
    let result = try Keraskit.run("bench", Fixture.dense, "--seconds=0.1")
    #expect(result.status == 0)
    for title in ["median", "p99", "throughput", "peak", "memory", "load"] {
      #expect(result.output.contains("\(title) "))
    }
  }
}

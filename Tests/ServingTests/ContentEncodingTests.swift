import Foundation
import Serving
import Testing

@Suite("Compressed bodies")
struct ContentEncodingTests {
  /// `{"instances":[[1,2]]}`, compressed by Python's zlib and gzip.
  private static let deflated = "eJyrVsrMKy5JzEtOLVayio421DGKja0FAFNwBz4="
  private static let gzipped =
    "H4sIAAAAAAACA6tWyswrLknMS04tVrKKjjbUMYqNrQUA9QYVRRUAAAA="

  private func post(_ encoding: String, _ body: Data, limit: Int = 1 << 20) throws -> String {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.bodyLimit = limit
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    defer { server.stop() }
    let client = try RawClient(address)
    client.send(
      "POST /v1/models/half:predict HTTP/1.1\r\nHost: x\r\nContent-Encoding: \(encoding)\r\n"
        + "Content-Length: \(body.count)\r\n\r\n")
    client.send(Array(body))
    return client.readResponse()
  }

  @Test("are read", arguments: [("deflate", deflated), ("gzip", gzipped), ("GZIP", gzipped)])
  func read(encoding: String, body: String) throws {
    let response = try post(encoding, try #require(Data(base64Encoded: body)))
    #expect(response.responseBody == #"{"predictions":[[2.5,3.0]]}"#)
  }

  @Test("of gzip may be several, one behind the other")
  func members() throws {
    // `{"instances":` and `[[1,2]]}`.
    let first = "H4sIAAAAAAACA6tWyswrLknMS04tVrICAIpWnFkNAAAA"
    let second = "H4sIAAAAAAACA4uONtQxio2tBQDoOEyYCAAAAA=="
    let body = try [first, second].map { try #require(Data(base64Encoded: $0)) }
    let response = try post("gzip", body[0] + body[1])
    #expect(response.responseBody == #"{"predictions":[[2.5,3.0]]}"#)
    #expect(try post("gzip", body[0] + body[1] + Data("junk".utf8)).statusCode == 400)
  }

  @Test("that are cut off or something else are refused")
  func malformed() throws {
    let body = try #require(Data(base64Encoded: Self.gzipped))
    #expect(try post("gzip", body.dropLast(9)).statusCode == 400)
    #expect(try post("gzip", Data("{}".utf8)).statusCode == 400)
    #expect(try post("br", body).statusCode == 415)
  }

  @Test("that grow beyond the limit are refused")
  func bomb() throws {
    // 65,536 zeros.
    let zeros = "eNrtwQEBAAAAgJD+r+4ICg" + String(repeating: "A", count: 83) + "GoADwAB"
    let body = try #require(Data(base64Encoded: zeros))
    #expect(try post("deflate", body, limit: 65_535).statusCode == 413)
    #expect(try post("deflate", body, limit: 65_536).statusCode == 400, "zeros are no JSON")
  }
}

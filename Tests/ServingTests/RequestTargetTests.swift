import Serving
import Testing

@Suite("Request targets")
struct RequestTargetTests {
  @Test(
    "decodes paths",
    arguments: [
      ("/", "/"), ("/v1/models/half:predict", "/v1/models/half:predict"), ("/a?b=%00", "/a"),
      ("/a%20b%2Fc", "/a b/c"), ("/%e2%82%ac", "/€"), ("/a/...", "/a/..."),
      ("http://host:80/a?b", "/a"), ("/a//b", "/a//b"),
    ])
  func decoded(target: String, path: String) throws {
    #expect(try RequestTarget.path(target.utf8) == path)
  }

  @Test(
    "refuses what could mislead",
    arguments: [
      "", "*", "a", "http://host", "/%00x", "/a%0d%0a", "/\u{7f}", "/..", "/../../etc/passwd",
      "/a/%2e%2e/b", "/./a", "/a\\b", "/%5c", "/%", "/%4", "/%zz", "/%ff", "/%c0%ae",
    ])
  func refused(target: String) {
    #expect {
      try RequestTarget.path(target.utf8)
    } throws: { error in
      (error as? HTTPError)?.status == .badRequest
    }
  }
}

@Suite("Request guard")
struct RequestGuardTests {
  @Test("knows how long a body is")
  func bodyLength() throws {
    #expect(try RequestGuard.check(["Host": "a"], version: "HTTP/1.1") == .known(0))
    let sized: HTTPHeaders = ["host": "a", "content-length": "12", "Expect": "100-continue"]
    #expect(try RequestGuard.check(sized, version: "HTTP/1.1") == .known(12))
    let chunked: HTTPHeaders = ["Host": "a", "Transfer-Encoding": "Chunked"]
    #expect(try RequestGuard.check(chunked, version: "HTTP/1.1") == .chunked)
    #expect(try RequestGuard.check([:], version: "HTTP/1.0") == .known(0))
  }

  @Test(
    "refuses what two programs could read differently",
    arguments: [
      ["Content-Length": "1", "Transfer-Encoding": "chunked"],
      ["Content-Length": "1", "content-length": "2"],
      ["Content-Length": "3", "content-length": "3"],
      ["Content-Length": "-1"], ["Content-Length": "+1"], ["Content-Length": "1, 1"],
      ["Content-Length": ""], ["Content-Length": "0x5"],
      ["Content-Length": "99999999999999999999"],
      ["Transfer-Encoding": "gzip"], ["Transfer-Encoding": "chunked, identity"],
      ["Transfer-Encoding": "chunked", "transfer-encoding": "chunked"],
      ["Transfer-Encoding ": "chunked"], ["Bad\u{0}": "x"], ["": "x"], ["X": "a\u{0}b"],
      ["X": "a\rb"], ["HOST": "b"],
    ] as [HTTPHeaders])
  func refused(fields: HTTPHeaders) {
    var headers: HTTPHeaders = ["Host": "a"]
    for field in fields.fields { headers.add(field.name, field.value) }
    #expect {
      try RequestGuard.check(headers, version: "HTTP/1.1")
    } throws: { error in
      (error as? HTTPError)?.status == .badRequest
    }
  }

  @Test("wants to know the host")
  func host() {
    #expect(throws: HTTPError.self) { try RequestGuard.check([:], version: "HTTP/1.1") }
  }

  @Test("says what it does not do")
  func unsupported() {
    let encoded: HTTPHeaders = ["Host": "a", "Content-Encoding": "br"]
    #expect { try RequestGuard.check(encoded, version: "HTTP/1.1") } throws: { error in
      (error as? HTTPError)?.status == .unsupportedMediaType
    }
    let expecting: HTTPHeaders = ["Host": "a", "Expect": "tea"]
    #expect { try RequestGuard.check(expecting, version: "HTTP/1.1") } throws: { error in
      (error as? HTTPError)?.status == .expectationFailed
    }
  }
}

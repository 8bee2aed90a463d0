import ModelFormat
import Serving
import Testing

@Suite("The page")
struct PageTests {
  let handler = PageHandler()

  @Test("is HTML that a browser asks for again and that no other page may frame")
  func headers() {
    let response = handler.respond(HTTPRequest("GET", "/"))
    #expect(response.status == .ok)
    #expect(response.text.hasPrefix("<!doctype html>"))
    #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
    #expect(response.headers["Cache-Control"] == "no-cache")
    #expect(response.headers["X-Frame-Options"] == "DENY")
  }

  @Test("allows its own style and script and nothing else")
  func policy() throws {
    let response = handler.respond(HTTPRequest("GET", "/"))
    let policy = try #require(response.headers["Content-Security-Policy"])
    let rules = policy.split(separator: "; ").map(String.init)
    #expect(rules.contains("default-src 'none'"))
    #expect(rules.contains("connect-src 'self'"))
    #expect(rules.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe"))
    for (element, source) in [("script", "script-src"), ("style", "style-src")] {
      let rule = try #require(rules.first { $0.hasPrefix(source) })
      let parts = response.text.components(between: "<\(element)>", and: "</\(element)>")
      try #require(parts.count == 1)
      let digest = Array(parts[0].utf8).withUnsafeBytes(SHA256.digest(of:))
      #expect(rule == "\(source) 'sha256-\(Base64.encode(digest))'")
    }
  }

  @Test("needs nothing from another host, and no style or script in attributes")
  func selfContained() {
    let page = handler.respond(HTTPRequest("GET", "/")).text
    // The name of SVG's name space in the icon is no address that anybody asks.
    let addresses = page.components(between: "http", and: "'").filter {
      $0 != "://www.w3.org/2000/svg"
    }
    #expect(addresses.isEmpty)
    for forbidden in ["<link rel=\"stylesheet", "src=\"", "@import", " style=\"", " onclick="] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
  }

  @Test("is not sent again to who has it", arguments: ["%", "\"other\", %", "W/%", "*"])
  func notModified(pattern: String) throws {
    let tag = try #require(handler.respond(HTTPRequest("GET", "/")).headers["ETag"])
    let known = pattern.split(separator: "%", omittingEmptySubsequences: false)
      .joined(separator: tag)
    let response = handler.respond(HTTPRequest("GET", "/", headers: ["If-None-Match": known]))
    #expect(response.status == .notModified && response.body.isEmpty)
    #expect(response.headers["ETag"] == tag)
    let other = handler.respond(HTTPRequest("GET", "/", headers: ["If-None-Match": "\"x\""]))
    #expect(other.status == .ok)
  }
}

extension String {
  fileprivate func components(between open: String, and close: String) -> [String] {
    var (rest, found) = (self[...], [String]())
    while let start = rest.firstRange(of: open)?.upperBound,
      let end = rest[start...].firstRange(of: close)
    {
      found.append(String(rest[start..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return found
  }
}

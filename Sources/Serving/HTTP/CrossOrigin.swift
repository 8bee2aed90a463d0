/// Lets pages of other sites ask this server, in the way in which browsers want to be told (CORS).
///
/// It says nothing of a browser's cookies or passwords: a page shows a token itself. Models are
/// changed by no other site's page even so; see ``RequestOrigin``.
package struct CrossOrigin: Sendable {
  /// The origins whose pages may ask; nil for all.
  private let origins: Set<String>?

  /// Origins such as `https://example.org`, separated by commas, or `*` for all; nil where one is
  /// none.
  package init?(_ text: String) {
    guard text != "*" else {
      origins = nil
      return
    }
    let list = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard list.allSatisfy(Self.isOrigin) else { return nil }
    origins = Set(list)
  }

  /// Whether a browser asks if a page may send what it is about to send.
  func isPreflight(_ head: HTTPRequestHead) -> Bool {
    head.method == "OPTIONS" && allowed(head) != nil
      && head.headers["Access-Control-Request-Method"] != nil
  }

  /// The answer to such a question.
  func preflight(_ head: HTTPRequestHead) -> HTTPResponse {
    HTTPResponse(
      .noContent,
      headers: [
        "Access-Control-Allow-Methods": "GET, HEAD, POST",
        "Access-Control-Allow-Headers":
          "Authorization, Content-Encoding, Content-Type, Inference-Header-Content-Length",
        "Access-Control-Max-Age": "600",
      ])
  }

  /// The fields that let the page that asks read the answer; none where it may not.
  func headers(for head: HTTPRequestHead) -> HTTPHeaders {
    guard let origin = allowed(head) else { return [:] }
    var headers: HTTPHeaders = [
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Expose-Headers": "Inference-Header-Content-Length, Retry-After",
    ]
    if origin != "*" { headers.add("Vary", "Origin") }
    return headers
  }

  /// What to call the origin that asks, where it may.
  private func allowed(_ head: HTTPRequestHead) -> String? {
    guard let origin = head.headers["Origin"] else { return nil }
    guard let origins else { return "*" }
    return origins.contains(origin) ? origin : nil
  }

  /// Whether a text is a scheme and a host, with or without a port, as browsers write an origin.
  private static func isOrigin(_ text: String) -> Bool {
    guard let separator = text.firstRange(of: "://"), separator.lowerBound > text.startIndex else {
      return false
    }
    let host = text[separator.upperBound...]
    return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }
  }
}

import ModelFormat

/// Serves the one page, which is embedded in the program and needs nothing from any other host.
///
/// The content security policy allows the page's own style and script, by their hashes, requests to
/// this server and pictures made by the page; nothing else.
package struct PageHandler: HTTPHandler {
  private let response: HTTPResponse
  private let tag: String

  /// A handler that serves `page`, an HTML document.
  init(_ page: [UInt8]) {
    tag = "\"" + page.withUnsafeBytes(SHA256.hexDigest(of:)).prefix(32) + "\""
    response = HTTPResponse(
      .ok,
      headers: [
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-cache",
        "ETag": tag,
        "Content-Security-Policy": Self.policy(page),
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
      ],
      body: page)
  }

  /// A handler that serves the embedded page.
  package init() {
    self.init(PackageResources.index_html)
  }

  /// Answers `GET /`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    guard let known = request.headers["If-None-Match"] else { return response }
    let tags = Self.tags(known)
    guard tags.contains(tag) || tags == ["*"] else { return response }
    return HTTPResponse(.notModified, headers: response.headers)
  }

  private static func tags(_ list: String) -> [String] {
    list.split(separator: ",").map { item in
      let tag = item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return String(tag.starts(with: "W/") ? tag.dropFirst(2) : tag[...])
    }
  }

  private static func policy(_ page: [UInt8]) -> String {
    let rules = [
      "default-src 'none'",
      "script-src " + hashes(of: "script", in: page),
      "style-src " + hashes(of: "style", in: page),
      "connect-src 'self'", "img-src data: blob:", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'",
    ]
    return rules.joined(separator: "; ")
  }

  /// The hashes of what stands between an element's tags, which have no attributes.
  private static func hashes(of element: String, in page: [UInt8]) -> String {
    let (open, close) = (Array("<\(element)>".utf8), Array("</\(element)>".utf8))
    var (rest, hashes) = (page[...], [String]())
    while let start = rest.firstRange(of: open)?.upperBound {
      rest = rest[start...]
      guard let end = rest.firstRange(of: close) else { break }
      let digest = Array(rest[..<end.lowerBound]).withUnsafeBytes(SHA256.digest(of:))
      hashes.append("'sha256-\(Base64.encode(digest))'")
      rest = rest[end.upperBound...]
    }
    return hashes.isEmpty ? "'none'" : hashes.joined(separator: " ")
  }
}

/// Tells requests of this server's own pages, and of programs, from those that a browser sends for
/// another site's page.
enum RequestOrigin {
  /// Throws where a browser says that another site's page asks, or where a name that is not this
  /// machine's leads to a server that only this machine can reach.
  static func check(_ headers: HTTPHeaders, isLoopback: Bool) throws(HTTPError) {
    let host = headers["Host"] ?? ""
    if let site = headers["Sec-Fetch-Site"], !["same-origin", "none"].contains(site.lowercased()) {
      throw refusal
    }
    if let origin = headers["Origin"] {
      guard let separator = origin.firstRange(of: "://"), origin[separator.upperBound...] == host
      else { throw refusal }
    }
    guard !isLoopback || isLoopbackName(host) else { throw refusal }
  }

  private static func isLoopbackName(_ host: String) -> Bool {
    let isV6 = host.hasPrefix("[")
    let name = isV6 ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
    return name == "localhost" || name == "::1" || name.hasPrefix("127.") || name.isEmpty
  }

  private static let refusal = HTTPError(.forbidden, "another site's page may not do this")
}

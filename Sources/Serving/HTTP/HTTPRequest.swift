/// What a request's line and header say, known before its body arrives.
package struct HTTPRequestHead: Sendable {
  /// The method, as in `GET`.
  package let method: String
  /// The path, percent-decoded; it begins with a slash and holds neither `..` nor NUL.
  package let path: String
  /// The header fields.
  package let headers: HTTPHeaders
  /// The address of the client, in numbers; empty where it is not known.
  package let client: String

  /// A request's head.
  package init(method: String, path: String, headers: HTTPHeaders = [:], client: String = "") {
    self.method = method
    self.path = path
    self.headers = headers
    self.client = client
  }
}

/// A whole request.
package struct HTTPRequest: Sendable {
  /// The request's line and header.
  package let head: HTTPRequestHead
  /// The body, empty where none was sent.
  package let body: HTTPBody
  /// What the route's pattern left open, by name.
  package var parameters: [String: String] = [:]
  /// The route, where it was found before the body arrived.
  var match: HTTPRouter.Match?
  /// Whether the client has gone away, so that nobody waits for the answer.
  package var isAbandoned: @Sendable () -> Bool = { false }

  /// The method, as in `GET`.
  package var method: String { head.method }
  /// The path, percent-decoded.
  package var path: String { head.path }
  /// The header fields.
  package var headers: HTTPHeaders { head.headers }

  /// A request of its parts.
  package init(head: HTTPRequestHead, body: HTTPBody) {
    self.head = head
    self.body = body
  }

  /// A request with a body of bytes.
  package init(
    _ method: String, _ path: String, headers: HTTPHeaders = [:], body: some Collection<UInt8> = []
  ) {
    self.init(
      head: HTTPRequestHead(method: method, path: path, headers: headers), body: HTTPBody(body))
  }
}

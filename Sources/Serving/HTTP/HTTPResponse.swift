/// A whole response.
package struct HTTPResponse: Sendable {
  /// The status.
  package var status: HTTPStatus
  /// The header fields; the length of the body is added when it is sent.
  package var headers: HTTPHeaders
  /// The body.
  package var body: [UInt8]
  /// What is held for the body until it has been sent.
  var lease: ByteBudget.Lease?

  /// A response of its parts.
  package init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON text, which no cache keeps.
  package static func json(_ status: HTTPStatus = .ok, _ text: JSONWriter) -> HTTPResponse {
    HTTPResponse(
      status, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
      body: text.bytes)
  }
}

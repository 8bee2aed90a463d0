/// A request that is answered with an error: a JSON object whose member `error` is the message.
package struct HTTPError: Error, Equatable {
  /// The status.
  package var status: HTTPStatus
  /// What is wrong, in one line.
  package var message: String
  /// Header fields of the response.
  package var headers: HTTPHeaders

  /// An error of its parts.
  package init(_ status: HTTPStatus, _ message: String, headers: HTTPHeaders = [:]) {
    self.status = status
    self.message = message
    self.headers = headers
  }

  /// A request that the server is too busy to take; the client may try again in a second.
  static let overloaded = HTTPError(
    .unavailable, "the server is busy, try again later", headers: ["Retry-After": "1"])

  /// A request that came while the server was about to stop.
  static let stopping = HTTPError(.unavailable, "the server is stopping")
  /// A request that waited longer than it was to.
  ///
  /// The text is Triton's and the status TensorFlow Serving's: Triton's own, 503, has balancers send
  /// to the next server what its client no longer waits for.
  static let late = HTTPError(.timeout, "Request timeout expired")
  /// A request whose client did not wait; nobody reads the answer.
  static let abandoned = HTTPError(.clientClosed, "the client has closed the connection")

  /// The most bytes of a message that a client gets: what it sent may be in it.
  private static let messageLimit = 2000

  /// The response that says so.
  package var response: HTTPResponse {
    var json = JSONWriter()
    let isLong = message.utf8.count > Self.messageLimit
    let shown =
      isLong
      ? String(decoding: message.utf8.prefix(Self.messageLimit), as: UTF8.self) + "..." : message
    json.object { $0.member("error", shown) }
    var response = HTTPResponse.json(status, json)
    for field in headers.fields { response.headers.add(field.name, field.value) }
    return response
  }
}

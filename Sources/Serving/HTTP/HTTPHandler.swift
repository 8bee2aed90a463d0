/// Answers requests.
package protocol HTTPHandler: Sendable {
  /// The answer to a request; an error is answered with its status and message.
  func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse
}

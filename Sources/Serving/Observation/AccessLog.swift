/// Writes a line of JSON for each request.
///
/// A line holds `time` (RFC 3339, UTC), `client` (its address), `method`, `path`, `status`, `bytes`
/// (of the answer's body) and `milliseconds`. A request whose body never arrived has the status 499.
/// One of which nothing could be read has no client, method and path.
package struct AccessLog: Sendable {
  private let file: LogFile

  /// A log in a file.
  package init(_ file: LogFile) {
    self.file = file
  }

  /// Writes to the file that is under the log's path now, as after another has been moved away.
  package func reopen() { file.reopen() }

  /// Writes what waits, and takes no more.
  package func close() { file.close() }

  /// Adds a line for a request.
  func write(_ head: HTTPRequestHead, _ response: HTTPResponse, nanoseconds: UInt64) {
    file.write { json in
      json.member("client", head.client)
      json.member("method", head.method)
      json.member("path", head.path)
      json.member("status") { $0.integer(response.status.code) }
      json.member("bytes") { $0.integer(response.body.count) }
      json.member("milliseconds") { $0.number(Double(nanoseconds / 1000) / 1000) }
    }
  }
}

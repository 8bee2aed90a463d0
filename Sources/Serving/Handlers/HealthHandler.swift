/// Tells whether the server is alive, or ready for requests, in the Open Inference Protocol's way.
package struct HealthHandler: HTTPHandler {
  private let isReady: @Sendable () -> Bool

  /// A handler that answers 503 where `isReady` is false.
  package init(isReady: @escaping @Sendable () -> Bool = { true }) {
    self.isReady = isReady
  }

  /// Answers `GET /v2/health/live` and `GET /v2/health/ready`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let asksForReadiness = request.path.hasSuffix("/ready")
    let ready = isReady()
    var json = JSONWriter()
    json.object { json in
      if asksForReadiness { json.member("ready") { $0.bool(ready) } }
      json.member("live") { $0.bool(true) }
    }
    return .json(asksForReadiness && !ready ? .unavailable : .ok, json)
  }
}

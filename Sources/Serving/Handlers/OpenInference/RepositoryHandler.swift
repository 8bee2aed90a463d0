/// Lists, reads anew and drops models, as Triton's model repository extension does.
///
/// A model is read from where the server was told to find it; a request's parameters can ask for
/// nothing else.
package struct RepositoryHandler: HTTPHandler {
  private let models: ModelRepository
  private let mayChange: Bool
  private let isLoopback: Bool
  private let events: EventLog?
  private let parser = JSONParser()

  /// A handler for `models` that changes them only where it may, and tells `events` so; `isLoopback`
  /// says that only this machine reaches it.
  package init(
    _ models: ModelRepository, mayChange: Bool, isLoopback: Bool = false, events: EventLog? = nil
  ) {
    self.models = models
    self.mayChange = mayChange
    self.isLoopback = isLoopback
    self.events = events
  }

  /// Answers `POST /v2/repository/index` and `POST /v2/repository/models/{model}/{load|unload}`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    guard let name = request.parameters["model"] else { return try index(request) }
    guard mayChange else {
      throw HTTPError(.forbidden, "models are changed through a loopback address or with a token")
    }
    try RequestOrigin.check(request.headers, isLoopback: isLoopback)
    try checkParameters(request)
    let isUnload = request.path.hasSuffix("/unload")
    let asked = "asked by \(request.head.client)"
    do throws(RepositoryError) {
      if isUnload {
        try models.unload(name)
      } else {
        try models.load(name)
      }
      events?.write(.info, isUnload ? "unloaded" : "loaded", "model \"\(name)\", \(asked)")
    } catch {
      let reasons = error.messages(for: name).joined(separator: "; ")
      events?.write(.error, isUnload ? "unload_failed" : "load_failed", "\(reasons), \(asked)")
      guard case .unknownModel = error else { throw error.response(for: name) }
      throw HTTPError(
        .badRequest,
        "failed to \(isUnload ? "unload" : "load") '\(name)', no such model is in the repository")
    }
    return HTTPResponse(.ok, headers: ["Content-Type": "application/json"])
  }

  private func index(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var wantsReady = false
    if !request.body.bytes.isEmpty {
      wantsReady = try parser.parse(request.body) { root throws(HTTPError) in
        guard root.kind == .object else {
          throw HTTPError(.badRequest, "expected a JSON object, found \(root.kind.rawValue)")
        }
        return try root.flag("ready") ?? false
      }
    }
    var json = JSONWriter()
    json.array(models.names) { json, name in
      for status in (models.statuses(of: name) ?? []).reversed()
      where !wantsReady || status.state == .available {
        json.object { json in
          json.member("name", name)
          json.member("version", String(status.version))
          json.member("state", Self.state(status))
          json.member("reason", status.reason)
        }
      }
    }
    return .json(.ok, json)
  }

  private static func state(_ status: VersionStatus) -> String {
    switch status.state {
    case .available: "READY"
    case .loading: "LOADING"
    case .end: "UNAVAILABLE"
    }
  }

  /// Triton takes a configuration and files here, which would override what was checked.
  private func checkParameters(_ request: HTTPRequest) throws(HTTPError) {
    guard !request.body.bytes.isEmpty else { return }
    try parser.parse(request.body) { root throws(HTTPError) in
      guard root.kind == .object else {
        throw HTTPError(.badRequest, "expected a JSON object, found \(root.kind.rawValue)")
      }
      try root.object("parameters")?.forEachMember { key, _ throws(HTTPError) in
        guard key == "unload_dependents" else {
          throw HTTPError(
            .badRequest, "parameter \"\(key)\" is not taken: models are read from their files")
        }
      }
    }
  }
}

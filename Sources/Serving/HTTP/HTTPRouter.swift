/// Finds the route of a request.
package struct HTTPRouter: Sendable {
  /// The routes; the first that takes a request has it.
  package let routes: [HTTPRoute]

  /// A router over routes.
  package init(_ routes: [HTTPRoute]) {
    self.routes = routes
  }

  /// A route and what its pattern left open.
  package struct Match: Sendable {
    let route: HTTPRoute
    let parameters: [String: String]
  }

  /// The route of a request and what its pattern left open.
  ///
  /// A path that no route has is answered with 404, one that does not take the method with 405.
  func route(_ head: HTTPRequestHead) throws(HTTPError) -> Match {
    var methods: [String] = []
    let path = head.path.split(separator: "/", omittingEmptySubsequences: false)
    for route in routes {
      guard let parameters = route.match(path) else { continue }
      if route.takes(head.method) { return Match(route: route, parameters: parameters) }
      for method in route.method == "GET" ? ["GET", "HEAD"] : [route.method ?? ""]
      where !methods.contains(method) {
        methods.append(method)
      }
    }
    guard !methods.isEmpty else {
      throw HTTPError(.notFound, "there is nothing at \"\(head.path)\"")
    }
    let allowed = methods.joined(separator: ", ")
    throw HTTPError(
      .methodNotAllowed, "\"\(head.path)\" takes \(allowed), not \(head.method)",
      headers: ["Allow": allowed])
  }
}

extension HTTPRouter: HTTPHandler {
  /// Answers a request by its route's handler, on the caller's thread.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let match = try route(request.head)
    var request = request
    request.parameters = match.parameters
    return try match.route.handler.handle(request)
  }
}

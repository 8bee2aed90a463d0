/// A path, or paths of one form, and what answers them.
package struct HTTPRoute: Sendable {
  /// Where a handler runs.
  package enum Place: Sendable {
    /// On the thread that speaks to the client: for handlers that answer at once.
    case connection
    /// On a worker, behind the requests that came before: for handlers that compute.
    case worker
  }

  /// The method, or nil for any.
  package let method: String?
  /// The path, whose segments in braces stand for any; a last segment `*` stands for any rest.
  package let pattern: String
  /// Where the handler runs.
  package let place: Place
  /// The most bytes of a body, where the route has a limit of its own.
  package let bodyLimit: Int?
  /// What answers.
  package let handler: any HTTPHandler

  /// A route of its parts.
  package init(
    _ method: String?, _ pattern: String, on place: Place, bodyLimit: Int? = nil,
    _ handler: any HTTPHandler
  ) {
    self.method = method
    self.pattern = pattern
    self.place = place
    self.bodyLimit = bodyLimit
    self.handler = handler
  }

  /// Whether requests of a method come here; those for the header alone go where `GET` does.
  func takes(_ method: String) -> Bool {
    self.method == nil || self.method == method || self.method == "GET" && method == "HEAD"
  }

  /// What the pattern leaves open, or nil where a path is not of its form.
  func match(_ path: String) -> [String: String]? {
    let wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)
    let found = path.split(separator: "/", omittingEmptySubsequences: false)
    let open = wanted.last == "*"
    guard open ? found.count >= wanted.count : found.count == wanted.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, segment) in zip(open ? wanted.dropLast() : wanted[...], found) {
      if part.hasPrefix("{") && part.hasSuffix("}") && !segment.isEmpty {
        parameters[String(part.dropFirst().dropLast())] = String(segment)
      } else if part != segment {
        return nil
      }
    }
    return parameters
  }
}

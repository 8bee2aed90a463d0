/// A path, or paths of one form, and what answers them.
package final class HTTPRoute: Sendable {
  /// Where a handler runs.
  package enum Place: Sendable {
    /// On the thread that speaks to the client: for handlers that answer at once.
    case connection
    /// On a worker, behind the requests that came before: for handlers that compute. Those that
    /// predict are read here and computed in their model's turn.
    case worker
    /// On a thread for what takes long and is asked for rarely.
    case background
  }

  /// The method, or nil for any.
  package let method: String?
  /// The path, whose segments in braces stand for any; a last segment `*` stands for any rest.
  package let pattern: String
  /// Where the handler runs.
  package let place: Place
  /// The most bytes of a body, where the route has a limit of its own.
  package let bodyLimit: Int?
  /// Whether a client needs no token.
  package let isPublic: Bool
  /// What answers.
  package let handler: any HTTPHandler

  private let segments: [Segment]
  private let isOpen: Bool

  private enum Segment {
    case fixed(Substring)
    case parameter(String)
  }

  /// A route of its parts.
  package init(
    _ method: String?, _ pattern: String, on place: Place, bodyLimit: Int? = nil,
    isPublic: Bool = false, _ handler: any HTTPHandler
  ) {
    self.method = method
    self.pattern = pattern
    self.place = place
    self.bodyLimit = bodyLimit
    self.isPublic = isPublic
    self.handler = handler
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
    isOpen = parts.last == "*"
    segments = (isOpen ? parts.dropLast() : parts[...]).map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .parameter(String(part.dropFirst().dropLast())) : .fixed(part)
    }
  }

  /// Whether requests of a method come here; those for the header alone go where `GET` does.
  func takes(_ method: String) -> Bool {
    self.method == nil || self.method == method || self.method == "GET" && method == "HEAD"
  }

  /// What the pattern leaves open, or nil where a path, cut at its slashes, is not of its form.
  func match(_ path: [Substring]) -> [String: String]? {
    guard isOpen ? path.count > segments.count : path.count == segments.count else { return nil }
    for (part, segment) in zip(segments, path) {
      switch part {
      case .fixed(let text): if segment != text { return nil }
      case .parameter: if segment.isEmpty { return nil }
      }
    }
    var parameters: [String: String] = [:]
    for (part, segment) in zip(segments, path) {
      if case .parameter(let name) = part { parameters[name] = String(segment) }
    }
    return parameters
  }
}

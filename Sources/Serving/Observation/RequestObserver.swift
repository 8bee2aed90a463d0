import Synchronization

/// Sees every request come and go: counts it, times it and logs it.
package final class RequestObserver: Sendable {
  /// What requests are counted by.
  struct Key: Hashable, Comparable {
    var route: String
    var method: String
    var status: Int

    static func < (one: Key, other: Key) -> Bool {
      (one.route, one.method, one.status) < (other.route, other.method, other.status)
    }
  }

  /// All figures at one moment.
  struct Figures {
    var requests: [Key: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var inFlight = 0
  }

  /// A request that is being answered.
  struct Observation: Sendable {
    fileprivate let observer: RequestObserver
    fileprivate let head: HTTPRequestHead
    fileprivate let route: HTTPRoute?
    fileprivate let start: UInt64

    /// The answer is there.
    func end(_ response: HTTPResponse) {
      observer.end(self, response)
    }
  }

  private let state = Monitor(Figures())
  private let inFlight = Atomic<Int>(0)
  private let log: AccessLog?
  private let events: EventLog?

  /// An observer that writes to logs, if there are any.
  package init(log: AccessLog? = nil, events: EventLog? = nil) {
    self.log = log
    self.events = events
  }

  /// The figures so far.
  var figures: Figures {
    var figures = state.withLock { $0 }
    figures.inFlight = inFlight.load(ordering: .relaxed)
    return figures
  }

  /// A request has come.
  func begin(_ head: HTTPRequestHead, route: HTTPRoute?) -> Observation {
    inFlight.add(1, ordering: .relaxed)
    return Observation(observer: self, head: head, route: route, start: monotonicNanoseconds())
  }

  /// A request was refused of which nothing is known.
  func count(_ status: HTTPStatus) {
    let key = Key(route: "none", method: "other", status: status.code)
    state.withLock { $0.requests[key, default: 0] += 1 }
    log?.write(HTTPRequestHead(method: "", path: ""), HTTPResponse(status), nanoseconds: 0)
  }

  private func end(_ observation: Observation, _ response: HTTPResponse) {
    let nanoseconds = monotonicNanoseconds() - observation.start
    // Paths and methods that clients invent are not counted one by one.
    let route = observation.route?.pattern ?? "none"
    let method = observation.head.method
    let key = Key(
      route: route, method: Self.methods.contains(method) ? method : "other",
      status: response.status.code)
    inFlight.subtract(1, ordering: .relaxed)
    state.withLock { figures in
      figures.requests[key, default: 0] += 1
      figures.seconds[route, default: .seconds].add(Double(nanoseconds) / 1e9)
    }
    log?.write(observation.head, response, nanoseconds: nanoseconds)
    if response.status.code >= 500, response.status != .unavailable {
      let answer = String(decoding: response.body.prefix(1000), as: UTF8.self)
      events?.write(
        .error, "request_failed", "\(method) \(route): \(response.status.code) \(answer)")
    }
  }

  private static let methods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH",
  ]
}

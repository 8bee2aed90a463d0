import CMicroHTTPD
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What libmicrohttpd's callbacks work on: it receives requests, hands them over and sends the
/// responses.
final class TransportCore: Sendable {
  /// How much of a refused body is taken from the client before the connection is cut.
  private static let patience = 1 << 20
  /// The seconds in which clients may yet ask on connections that are open: one that was answered
  /// before it could be told that its connection closes may be doing so.
  private static let lastCall = 0.1
  /// The most room that is made for a body because its header says how long it is.
  private static let trustedCount = 64 << 10

  let connections = ConnectionTable()
  private let configuration: TransportConfiguration
  private let service: any HTTPService
  /// How many requests are not finished.
  private let openCount = Atomic<Int>(0)
  /// How many requests were finished while the server stops.
  private let finished = Monitor(0)
  private let heldBytes = Atomic<Int>(0)
  private let isDraining = Atomic<Bool>(false)
  /// Whether only what has arrived is yet to be answered.
  private let isFinishing = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)

  init(_ configuration: TransportConfiguration, service: any HTTPService) {
    self.configuration = configuration
    self.service = service
  }

  /// A client has connected.
  func connected(socket: Int32, from client: String) -> ConnectionState {
    let connection = ConnectionState(
      socket: socket, client: client, seconds: configuration.requestSeconds)
    connections.insert(connection)
    return connection
  }

  /// libmicrohttpd refuses a request that it cannot read.
  func refused(_ status: HTTPStatus) {
    service.refused(status)
  }

  // MARK: - A request's life, on its connection's thread

  /// A request line has arrived.
  func begin(target: [UInt8], connection: OpaquePointer) -> Exchange? {
    guard let state = Self.state(of: connection) else { return nil }
    state.allow(seconds: configuration.requestSeconds)
    reach(.header, state)
    let exchange = Exchange(target: target, connection: connection, state)
    state.exchange.withLock { $0 = exchange }
    openCount.add(1, ordering: .sequentiallyConsistent)
    return exchange
  }

  /// The header has arrived: reads it, and refuses at once what cannot be served.
  func open(
    _ exchange: Exchange, method: String, version: String, connection: OpaquePointer
  ) -> MHD_Result {
    var head: HTTPRequestHead?
    do throws(HTTPError) {
      let headers = try HTTPHeaders(of: connection)
      let length = try RequestGuard.check(headers, version: version)
      guard !exchange.isTargetCut else {
        throw HTTPError(.badRequest, "malformed request target: it holds a control character")
      }
      guard !exchange.isHeaderCut else {
        throw HTTPError(
          .badRequest,
          "malformed header: a field has no name, holds a zero byte or goes on in the next line")
      }
      let last = exchange.state.last.flatMap {
        $0.method == method && $0.target == exchange.target ? $0 : nil
      }
      let path = if let last { last.path } else { try RequestTarget.path(exchange.target) }
      let request = HTTPRequestHead(
        method: method, path: path, headers: headers, client: exchange.state.client)
      head = request
      let admission = try service.admit(request, known: last?.match)
      exchange.bodyLimit = admission.bodyLimit
      exchange.match = admission.match
      if last == nil {
        exchange.state.last = LastRequest(
          target: exchange.target, method: method, path: path, match: admission.match)
      }
      if case .known(let count) = length, count > exchange.bodyLimit {
        throw Self.tooLarge(exchange)
      }
      if case .known(let count) = length { exchange.expectedCount = count }
      exchange.phase = .body(request)
      exchange.bodyStart = monotonicNanoseconds()
      allow(bytes: 0, from: exchange.bodyStart, exchange.state)
      reach(.body, exchange.state)
      return .YES
    } catch {
      exchange.phase = .answering
      reach(.none, exchange.state)
      service.refused(
        head ?? Self.unread(exchange, method: method), with: error)
      return send(error.response, of: exchange, to: connection, closing: true)
    }
  }

  /// What is known of a request whose header is refused.
  private static func unread(_ exchange: Exchange, method: String) -> HTTPRequestHead {
    let path = try? RequestTarget.path(exchange.target)
    return HTTPRequestHead(
      method: method, path: path ?? String(decoding: exchange.target, as: UTF8.self),
      client: exchange.state.client)
  }

  /// A piece of the body has arrived.
  func receive(
    _ bytes: UnsafeRawBufferPointer, of exchange: Exchange, connection: OpaquePointer
  ) -> MHD_Result {
    exchange.receivedCount += bytes.count
    allow(bytes: exchange.receivedCount, from: exchange.bodyStart, exchange.state)
    reach(.body, exchange.state)
    if exchange.refusal == nil {
      if exchange.receivedCount > exchange.bodyLimit {
        exchange.refusal = Self.tooLarge(exchange)
      } else if !hold(bytes.count, for: exchange) {
        exchange.refusal = .overloaded
      }
    }
    guard exchange.refusal != nil else {
      let expected = min(exchange.expectedCount, Self.trustedCount)
      let body = exchange.body ?? HTTPBody(capacity: max(bytes.count, expected))
      exchange.body = body
      body.append(bytes)
      return .YES
    }
    release(exchange)
    return exchange.receivedCount > exchange.bodyLimit + Self.patience ? .NO : .YES
  }

  /// The whole request has arrived.
  func answer(
    _ exchange: Exchange, _ head: HTTPRequestHead, connection: OpaquePointer
  ) -> MHD_Result {
    exchange.phase = .answering
    exchange.state.stopClock()
    reach(.none, exchange.state)
    if let refusal = exchange.refusal {
      service.refused(head, with: refusal)
      return send(refusal.response, of: exchange, to: connection, closing: true)
    }
    // A connection that is suspended while the daemon stops would end the process.
    if isStopping.load(ordering: .sequentiallyConsistent) {
      return send(HTTPError.stopping.response, of: exchange, to: connection)
    }
    var request = HTTPRequest(head: head, body: exchange.body ?? .empty)
    request.match = exchange.match
    request.isAbandoned = { [state = exchange.state] in state.isClosedByClient }
    service.respond(to: request) { exchange.complete($0) }
    return resume(exchange, connection: connection)
  }

  /// Sends the response, or suspends the connection until there is one.
  func resume(_ exchange: Exchange, connection: OpaquePointer) -> MHD_Result {
    guard let response = exchange.takeResponseOrSuspend() else { return .YES }
    return send(response, of: exchange, to: connection)
  }

  /// The response has been sent, or the client has gone away.
  func end(_ exchange: Exchange) {
    exchange.state.allow(seconds: configuration.requestSeconds)
    reach(.none, exchange.state)
    if case .body(let head) = exchange.phase { service.refused(head, with: .abandoned) }
    release(exchange)
    exchange.state.exchange.withLock { $0 = nil }
    openCount.subtract(1, ordering: .sequentiallyConsistent)
    if isDraining.load(ordering: .sequentiallyConsistent) { finished.withLock { $0 += 1 } }
  }

  private func send(
    _ response: HTTPResponse, of exchange: Exchange, to connection: OpaquePointer,
    closing: Bool = false
  ) -> MHD_Result {
    allow(bytes: response.body.count, from: monotonicNanoseconds(), exchange.state)
    let message = response.body.withUnsafeBytes { cmhd_response($0.count, $0.baseAddress) }
    guard let message else { return .NO }
    defer { cmhd_release(message) }
    for field in response.headers.fields {
      cmhd_add_header(message, field.name, field.value)
    }
    cmhd_add_header(message, "X-Content-Type-Options", "nosniff")
    if closing || isDraining.load(ordering: .relaxed) {
      cmhd_add_header(message, "Connection", "close")
    }
    return cmhd_queue(connection, UInt32(response.status.code), message)
  }

  // MARK: - The end

  /// Has every response close its connection.
  func beginDraining() {
    isDraining.store(true, ordering: .sequentiallyConsistent)
  }

  /// Waits until every request has been answered; then answers those that are left with 503, and
  /// gives their number.
  ///
  /// A request that does not get on is not waited for: a header that has begun to arrive has a
  /// moment left, and a body may pause for another.
  func finish(seconds: Double) -> Int {
    let start = monotonicNanoseconds()
    isFinishing.store(true, ordering: .sequentiallyConsistent)
    for connection in connections.all { hurry(connection) }
    waitForOpen(seconds: seconds)
    let rest = seconds - Double(monotonicNanoseconds() - start) / 1e9
    if rest > 0, connections.count > 0 {
      usleep(UInt32(min(rest, Self.lastCall) * 1e6))
      waitForOpen(seconds: rest)
    }
    isStopping.store(true, ordering: .sequentiallyConsistent)
    let left = connections.exchanges
    for exchange in left { exchange.complete(HTTPError.stopping.response) }
    waitForOpen(seconds: 1)
    return left.count
  }

  private func waitForOpen(seconds: Double) {
    _ = finished.wait(seconds: seconds) { _ in
      openCount.load(ordering: .sequentiallyConsistent) == 0 ? true : nil
    }
  }

  // MARK: - Time and memory

  /// Notes what is to arrive next, for which there is little time while the server stops.
  private func reach(_ stage: ConnectionState.Stage, _ state: ConnectionState) {
    state.stage = stage
    if isFinishing.load(ordering: .sequentiallyConsistent) { hurry(state) }
  }

  private func hurry(_ state: ConnectionState) {
    switch state.stage {
    case .none: break
    case .header: state.hurry(seconds: configuration.lastHeaderSeconds)
    case .body: state.hurry(seconds: configuration.lastBodySeconds)
    }
  }

  private static func state(of connection: OpaquePointer) -> ConnectionState? {
    cmhd_socket_context(connection).map {
      Unmanaged<ConnectionState>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Gives a client that transfers `bytes` from `start` on the time that the least speed takes.
  private func allow(bytes: Int, from start: UInt64, _ state: ConnectionState) {
    let seconds = configuration.requestSeconds + Double(bytes) / Double(configuration.leastSpeed)
    state.allow(seconds: seconds, from: start)
  }

  private func hold(_ bytes: Int, for exchange: Exchange) -> Bool {
    exchange.budgeted += bytes
    return heldBytes.add(bytes, ordering: .relaxed).newValue <= configuration.bodyBudget
  }

  private func release(_ exchange: Exchange) {
    heldBytes.subtract(exchange.budgeted, ordering: .relaxed)
    exchange.budgeted = 0
    exchange.body = nil
  }

  private static func tooLarge(_ exchange: Exchange) -> HTTPError {
    HTTPError(
      .contentTooLarge, "the body is too large, expected at most \(exchange.bodyLimit) bytes")
  }
}

import CMicroHTTPD

/// One request and its response, from the request line to the last byte sent.
///
/// Everything but the reply is touched on the connection's thread alone.
final class Exchange: @unchecked Sendable {
  /// How far the request has come.
  enum Phase {
    /// The request line has arrived.
    case line
    /// The header has arrived; the body is next.
    case body(HTTPRequestHead)
    /// The request has arrived and is being answered.
    case answering
  }

  private enum Reply {
    case pending
    case suspended
    case ready(HTTPResponse)
    case taken(ByteBudget.Lease?)
  }

  /// The target as it was sent.
  let target: [UInt8]
  /// Whether there was more of the target than libmicrohttpd tells.
  var isTargetCut = false
  /// Whether there was more of the header than libmicrohttpd tells.
  var isHeaderCut = false
  var phase = Phase.line
  /// The body so far, if any has arrived.
  var body: HTTPBody?
  /// The bytes of the body as the header tells them, or 0.
  var expectedCount = 0
  /// The most bytes that the body may have.
  var bodyLimit = 0
  /// The route, where one was found.
  var match: HTTPRouter.Match?
  /// Why the request is refused once its body has arrived.
  var refusal: HTTPError?
  /// When the header had arrived.
  var bodyStart: UInt64 = 0
  /// The bytes that have arrived, those of a refused body among them.
  var receivedCount = 0
  /// The bytes that are held on account of the body.
  var budgeted = 0

  /// The connection that the request came on.
  let state: ConnectionState
  private let connection: OpaquePointer
  /// Changed under the lock of the connection's exchange.
  private var reply = Reply.pending

  init(target: [UInt8], connection: OpaquePointer, _ state: ConnectionState) {
    self.target = target
    self.connection = connection
    self.state = state
  }

  /// Takes the response, if there is one, or suspends the connection until there is.
  func takeResponseOrSuspend() -> HTTPResponse? {
    state.exchange.withLock { _ in
      if case .ready(let response) = reply {
        reply = .taken(response.lease)
        return response
      }
      reply = .suspended
      cmhd_suspend(connection)
      return nil
    }
  }

  /// Gives the response, from any thread; only the first one counts.
  func complete(_ response: HTTPResponse) {
    state.exchange.withLock { _ in
      switch reply {
      case .pending:
        reply = .ready(response)
      case .suspended:
        reply = .ready(response)
        cmhd_resume(connection)
      case .ready, .taken:
        break
      }
    }
  }
}

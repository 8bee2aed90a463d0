import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connection's socket, and until when the client must have done its part.
///
/// libmicrohttpd's own time limit starts anew with every byte; this one does not, so that a client
/// that drips is cut off.
final class ConnectionState: Sendable {
  /// What is to arrive next.
  enum Stage: UInt8, AtomicRepresentable {
    /// A request line, or nothing: the server answers.
    case none
    /// The rest of a header.
    case header
    /// The rest of a body.
    case body
  }

  /// The deadline while it is the server's turn.
  static let serversTurn = UInt64.max

  /// The socket.
  let socket: Int32
  /// The client's address, in numbers.
  let client: String
  /// The request that has come and is not finished, if any.
  let exchange = Monitor<Exchange?>(nil)
  /// The last request, as most clients ask for the same again; touched on the connection's thread
  /// alone.
  nonisolated(unsafe) var last: LastRequest?
  private let moment: Atomic<UInt64>
  private let currentStage = Atomic(Stage.none)

  /// A connection whose first request has `seconds` to arrive.
  init(socket: Int32, client: String, seconds: Double) {
    self.socket = socket
    self.client = client
    moment = Atomic(monotonicNanoseconds() + UInt64(seconds * 1e9))
  }

  /// When the client's time is over; it moves whenever the client gets on.
  var deadline: UInt64 { moment.load(ordering: .relaxed) }

  /// Gives the client `seconds` from `start` for what it does next.
  func allow(seconds: Double, from start: UInt64 = monotonicNanoseconds()) {
    moment.store(start + UInt64(seconds * 1e9), ordering: .relaxed)
  }

  /// Stops the clock: it is the server's turn.
  func stopClock() {
    moment.store(Self.serversTurn, ordering: .relaxed)
  }

  /// What is to arrive next; set on the connection's thread, after the deadline.
  var stage: Stage {
    get { currentStage.load(ordering: .sequentiallyConsistent) }
    set { currentStage.store(newValue, ordering: .sequentiallyConsistent) }
  }

  /// Leaves a client no more than `seconds` from now, unless it gets on just now.
  func hurry(seconds: Double) {
    let soon = monotonicNanoseconds() + UInt64(seconds * 1e9)
    let old = deadline
    guard soon < old, old != Self.serversTurn else { return }
    _ = moment.compareExchange(expected: old, desired: soon, ordering: .relaxed)
  }

  /// Whether the client has closed its side; asked while the connection waits for the server, whose
  /// socket stays open meanwhile.
  var isClosedByClient: Bool {
    var state = pollfd(fd: socket, events: peerClosed, revents: 0)
    return poll(&state, 1, 0) > 0 && state.revents & (peerClosed | Int16(POLLHUP | POLLERR)) != 0
  }
}

/// What a request line was found to mean.
struct LastRequest {
  let target: [UInt8]
  let method: String
  let path: String
  let match: HTTPRouter.Match?
}

#if canImport(Glibc)
  /// POLLRDHUP, which Glibc's module leaves out.
  let peerClosed = Int16(0x2000)
#else
  let peerClosed = Int16(POLLHUP)
#endif

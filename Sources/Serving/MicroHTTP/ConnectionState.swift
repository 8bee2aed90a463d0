import Synchronization

/// A connection's socket, and until when the client must have done its part.
///
/// libmicrohttpd's own time limit starts anew with every byte; this one does not, so that a client
/// that drips is cut off.
final class ConnectionState: Sendable {
  let socket: Int32
  private let deadline: Atomic<UInt64>

  /// A connection whose first request has `seconds` to arrive.
  init(socket: Int32, seconds: Double) {
    self.socket = socket
    deadline = Atomic(Self.moment(seconds))
  }

  /// Gives the client `seconds` for what it does next.
  func allow(seconds: Double) {
    deadline.store(Self.moment(seconds), ordering: .relaxed)
  }

  /// Stops the clock: it is the server's turn.
  func stopClock() {
    deadline.store(.max, ordering: .relaxed)
  }

  /// Whether the client's time is over.
  func isLate(at now: UInt64) -> Bool {
    now > deadline.load(ordering: .relaxed)
  }

  private static func moment(_ seconds: Double) -> UInt64 {
    monotonicNanoseconds() + UInt64(seconds * 1e9)
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All open connections; cuts off those whose clients are late or have gone away.
///
/// A socket is shut down under the lock under which it is taken from the table before it is
/// closed, so that never another file is hit that has got the same number.
final class ConnectionTable: Sendable {
  private static let interval = 0.25
  private let connections = Monitor<[ObjectIdentifier: ConnectionState]>([:])
  private let isStopping = Monitor(false)
  private let watchdog = Monitor<SystemThread?>(nil)

  /// Adds an open connection.
  func insert(_ connection: ConnectionState) {
    connections.withLock { $0[ObjectIdentifier(connection)] = connection }
  }

  /// Removes a connection that is about to be closed.
  func remove(_ connection: ConnectionState) {
    connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// The requests that are not finished.
  var exchanges: [Exchange] {
    all.compactMap { $0.exchange.withLock { $0 } }
  }

  /// All that are open.
  var all: [ConnectionState] { connections.withLock { Array($0.values) } }

  /// How many are open.
  var count: Int { connections.withLock { $0.count } }

  /// Waits until none is open.
  func waitUntilEmpty() { _ = connections.wait { $0.isEmpty ? true : nil } }

  /// Begins to watch.
  func start() {
    watchdog.withLock { watchdog in
      watchdog = SystemThread { [self] in
        var ended: [ObjectIdentifier: UInt64] = [:]
        while isStopping.wait(seconds: Self.interval, { $0 ? true : nil }) == nil {
          cut(&ended)
        }
      }
    }
  }

  /// Ends the watch.
  func stop() {
    isStopping.withLock { $0 = true }
    let thread = watchdog.withLock { watchdog in
      defer { watchdog = nil }
      return watchdog
    }
    thread?.join()
  }

  /// Shuts down what is late, and what a client has closed without a request being finished.
  ///
  /// libmicrohttpd misses the end of a connection that comes together with data. `ended` holds the
  /// deadlines of connections that had ended a moment ago: one that has not moved since is stuck.
  private func cut(_ ended: inout [ObjectIdentifier: UInt64]) {
    let now = monotonicNanoseconds()
    connections.withLock { connections in
      let waiting = connections.values.filter { $0.deadline != ConnectionState.serversTurn }
      let closed = closedByClient(waiting)
      for connection in waiting where connection.deadline < now {
        shutdown(connection.socket, Int32(SHUT_RDWR))
      }
      for connection in closed
      where ended[ObjectIdentifier(connection)] == connection.deadline {
        shutdown(connection.socket, Int32(SHUT_RDWR))
      }
      ended = Dictionary(
        uniqueKeysWithValues: closed.map { (ObjectIdentifier($0), $0.deadline) })
    }
  }

  private func closedByClient(_ connections: [ConnectionState]) -> [ConnectionState] {
    #if canImport(Glibc)
      var sockets = connections.map { pollfd(fd: $0.socket, events: peerClosed, revents: 0) }
      guard poll(&sockets, nfds_t(sockets.count), 0) > 0 else { return [] }
      return zip(connections, sockets).filter { $1.revents & peerClosed != 0 }.map(\.0)
    #else
      return []
    #endif
  }
}

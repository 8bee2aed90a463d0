import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All open connections; cuts off those whose clients are late.
///
/// A socket is shut down under the lock under which it is taken from the table before it is
/// closed, so that never another file is hit that has got the same number.
final class ConnectionTable: Sendable {
  private static let interval = 0.25
  private let connections = Mutex<[ObjectIdentifier: ConnectionState]>([:])
  private let isStopping = Monitor(false)
  private let watchdog = Mutex<SystemThread?>(nil)

  /// The number of open connections.
  var count: Int { connections.withLock { $0.count } }

  /// Adds an open connection.
  func insert(_ connection: ConnectionState) {
    connections.withLock { $0[ObjectIdentifier(connection)] = connection }
  }

  /// Removes a connection that is about to be closed.
  func remove(_ connection: ConnectionState) {
    connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Begins to watch.
  func start() {
    watchdog.withLock { watchdog in
      watchdog = SystemThread { [self] in
        while isStopping.wait(seconds: Self.interval, { $0 ? true : nil }) == nil { cutLate() }
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

  private func cutLate() {
    let now = monotonicNanoseconds()
    connections.withLock { connections in
      for connection in connections.values where connection.isLate(at: now) {
        shutdown(connection.socket, Int32(SHUT_RDWR))
      }
    }
  }
}

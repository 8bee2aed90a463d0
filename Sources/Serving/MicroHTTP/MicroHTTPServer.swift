import CMicroHTTPD
import CSimdJSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// HTTP/1.1 through libmicrohttpd, with the guards that it lacks.
///
/// - A client has a set time for each request, however it drips; see ``ConnectionState``.
/// - A body has a limit, told from its length before it arrives or counted while it does, and all
///   bodies together have one.
/// - A header that two programs could read differently is refused; see ``RequestGuard``.
/// - A header of which libmicrohttpd tells less than was sent is refused: a field without a name, a
///   zero byte, a line that goes on in the next.
/// - A path is decoded here and refused where it holds what could mislead; see ``RequestTarget``.
///
/// Errors that libmicrohttpd finds itself (a malformed request line, a header or a path beyond the
/// limits) have a body in HTML, before which its version 0.9.75 sends the header twice; the
/// connection is closed. Bytes that are not HTTP are answered by closing the connection. It takes a
/// bare line feed for the end of a line. It answers a chunk's extension that is beyond the header's
/// limit with 500, and closes a connection whose header leaves no room for that of the answer. These
/// errors are counted, and logged without what could not be read.
package final class MicroHTTPServer: HTTPTransport {
  private struct Running: Sendable {
    let service: any HTTPService
    let address: SocketAddress
    let connectionLimit: Int
    var daemon: MicroDaemon
    var security: TransportSecurity?
    /// Those with former certificates, until their connections have ended.
    var leaving: [MicroDaemon] = []

    var daemons: [MicroDaemon] { [daemon] + leaving }
  }

  private let configuration: TransportConfiguration
  private let running = Monitor<Running?>(nil)

  /// A server that does not listen yet.
  package init(_ configuration: TransportConfiguration) {
    self.configuration = configuration
  }

  deinit {
    _ = drain(seconds: 0)
  }

  /// Begins to listen.
  package func start(_ service: any HTTPService) throws(TransportError) -> HTTPAddress {
    if let missing = cmhd_open() ?? kjson_open() {
      throw .noLibrary(reason: String(cString: missing))
    }
    let limit = possibleConnections()
    let address = try SocketAddress(host: configuration.host, port: configuration.port)
    func daemon(_ security: TransportSecurity?) -> MicroDaemon? {
      MicroDaemon(configuration, at: address, connectionLimit: limit, security, service: service)
    }
    guard let daemon = daemon(configuration.tls) else {
      let reason = String(cString: strerror(errno))
      if configuration.tls != nil, let plain = daemon(nil) {
        _ = plain.stop(seconds: 0)
        throw .noSecurity
      }
      throw .cannotListen(host: configuration.host, port: configuration.port, reason: reason)
    }
    running.withLock {
      $0 = Running(
        service: service, address: address, connectionLimit: limit, daemon: daemon,
        security: configuration.tls)
    }
    return HTTPAddress(
      host: configuration.host, port: daemon.port, isSecure: configuration.tls != nil)
  }

  /// How many connections are open.
  package var connectionCount: Int {
    running.withLock { $0?.daemons.reduce(0) { $0 + $1.connectionCount } ?? 0 }
  }

  /// Has new connections speak TLS with other certificates, by another daemon on the same socket;
  /// those that are open end once they have been answered, or have been idle for too long.
  package func renew(_ security: TransportSecurity) throws(TransportError) {
    let isRenewed = running.withLock { current in
      guard var next = current, next.security != security else { return true }
      let listener = next.daemon.copyListener()
      guard listener >= 0 else { return false }
      let daemon = MicroDaemon(
        configuration, at: next.address, listener: listener,
        connectionLimit: next.connectionLimit, security, service: next.service)
      guard let daemon else {
        // libmicrohttpd closes it where it gets as far as its threads.
        if fcntl(listener, F_GETFD) >= 0 { close(listener) }
        return false
      }
      let former = next.daemon
      (next.daemon, next.security) = (daemon, security)
      next.leaving.append(former)
      former.stopListening()
      former.beginDraining()
      leave(former)
      current = next
      return true
    }
    guard isRenewed else { throw .noSecurity }
  }

  /// Stops a daemon once its connections have ended, unless the server stops before.
  private func leave(_ daemon: MicroDaemon) {
    let thread = SystemThread { [running] in
      daemon.waitForConnections()
      let isLeaving = running.withLock { running in
        guard let index = running?.leaving.firstIndex(where: { $0 === daemon }) else {
          return false
        }
        running?.leaving.remove(at: index)
        return true
      }
      if isLeaving { _ = daemon.stop(seconds: 0) }
    }
    thread?.detach()
  }

  /// Has every answer from now on close its connection.
  package func beginDraining() {
    running.withLock { running in
      for daemon in running?.daemons ?? [] { daemon.beginDraining() }
    }
  }

  /// Stops listening, answers what has arrived, and stops.
  package func drain(seconds: Double) -> Int {
    let daemons = running.withLock { running in
      defer { running = nil }
      return running?.daemons ?? []
    }
    let end = monotonicNanoseconds() + UInt64(seconds * 1e9)
    for daemon in daemons {
      daemon.beginDraining()
      daemon.stopListening()
    }
    return daemons.reduce(0) { left, daemon in
      let now = monotonicNanoseconds()
      return left + daemon.stop(seconds: now < end ? Double(end - now) / 1e9 : 0)
    }
  }

  /// The files that are left to all else: models, logs, the threads' own.
  private static let reservedFiles = 64

  /// As many connections as configured, as far as the system lets us have files for them.
  ///
  /// libmicrohttpd tries again and again, without a pause, to accept a connection that it has no file
  /// for.
  private func possibleConnections() -> Int {
    var limit = rlimit()
    guard getrlimit(fileLimit, &limit) == 0 else { return configuration.connectionLimit }
    let wanted = rlim_t(configuration.connectionLimit + Self.reservedFiles)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(wanted, limit.rlim_max)
      setrlimit(fileLimit, &limit)
    }
    let possible = Int(min(limit.rlim_cur, wanted)) - Self.reservedFiles
    return max(min(possible, configuration.connectionLimit), configuration.threadCount)
  }
}

#if canImport(Glibc)
  private let fileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
#else
  private let fileLimit = RLIMIT_NOFILE
#endif

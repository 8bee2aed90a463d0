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
  private struct Running: @unchecked Sendable {
    let daemon: OpaquePointer
    let core: TransportCore
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
    let connectionLimit = possibleConnections()
    let address = try SocketAddress(host: configuration.host, port: configuration.port)
    let core = TransportCore(configuration, service: service)
    let started = address.withPointer {
      start(core, at: $0, connectionLimit, isSecure: configuration.tls != nil)
    }
    guard let daemon = started else {
      let reason = String(cString: strerror(errno))
      guard configuration.tls == nil || !canListen(core, at: address) else { throw .noSecurity }
      throw .cannotListen(host: configuration.host, port: configuration.port, reason: reason)
    }
    core.connections.start()
    running.withLock { $0 = Running(daemon: daemon, core: core) }
    return HTTPAddress(
      host: configuration.host, port: Int(cmhd_port(daemon)), isSecure: configuration.tls != nil)
  }

  /// Whether the address serves without TLS.
  private func canListen(_ core: TransportCore, at address: SocketAddress) -> Bool {
    let daemon = address.withPointer {
      start(core, at: $0, configuration.threadCount, isSecure: false)
    }
    if let daemon { cmhd_stop(daemon) }
    return daemon != nil
  }

  private func start(
    _ core: TransportCore, at address: UnsafePointer<sockaddr>, _ connectionLimit: Int,
    isSecure: Bool
  ) -> OpaquePointer? {
    var options = cmhd_configuration()
    options.address = address
    options.thread_count = UInt32(configuration.threadCount)
    options.connection_limit = UInt32(connectionLimit)
    options.connections_per_address = UInt32(configuration.connectionsPerAddress)
    options.idle_seconds = UInt32(max(1, configuration.requestSeconds.rounded(.up)))
    options.connection_memory = configuration.headerLimit
    options.context = Unmanaged.passUnretained(core).toOpaque()
    options.begin = Callbacks.begin
    options.handle = Callbacks.handle
    options.complete = Callbacks.complete
    options.connection = Callbacks.connection
    options.refused = Callbacks.refused
    guard isSecure, let tls = configuration.tls else { return cmhd_start(&options) }
    return tls.certificates.withCString { certificates in
      tls.key.withCString { key in
        options.certificates = certificates
        options.key = key
        return cmhd_start(&options)
      }
    }
  }

  /// How many connections are open.
  package var connectionCount: Int { running.withLock { $0?.core.connections.count ?? 0 } }

  /// Has every answer from now on close its connection.
  package func beginDraining() {
    running.withLock { $0?.core.beginDraining() }
  }

  /// Stops listening, answers what has arrived, and stops.
  package func drain(seconds: Double) -> Int {
    let running = running.withLock { running in
      defer { running = nil }
      return running
    }
    guard let running else { return 0 }
    running.core.beginDraining()
    let listener = cmhd_quiesce(running.daemon)
    if listener >= 0 { close(listener) }
    let left = running.core.finish(seconds: seconds)
    running.core.connections.stop()
    cmhd_stop(running.daemon)
    return left
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

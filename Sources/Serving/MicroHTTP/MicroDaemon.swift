import CMicroHTTPD
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A daemon of libmicrohttpd, and what its callbacks work on.
final class MicroDaemon: @unchecked Sendable {
  private let daemon: OpaquePointer
  private let core: TransportCore
  private let isListening = Atomic<Bool>(true)

  /// Starts a daemon on an address, or on a socket that listens there already; nil on failure, with
  /// `errno` set.
  init?(
    _ configuration: TransportConfiguration, at address: SocketAddress, listener: Int32 = -1,
    connectionLimit: Int, _ security: TransportSecurity?, service: any HTTPService
  ) {
    core = TransportCore(configuration, service: service)
    var options = cmhd_configuration()
    options.listener = listener
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
    guard let daemon = address.withPointer({ Self.start(&options, at: $0, security) }) else {
      return nil
    }
    self.daemon = daemon
    core.connections.start()
  }

  private static func start(
    _ options: inout cmhd_configuration, at address: UnsafePointer<sockaddr>,
    _ security: TransportSecurity?
  ) -> OpaquePointer? {
    options.address = address
    guard let security else { return cmhd_start(&options) }
    return security.certificates.withCString { certificates in
      security.key.withCString { key in
        options.certificates = certificates
        options.key = key
        return cmhd_start(&options)
      }
    }
  }

  /// The port that it listens on.
  var port: Int { Int(cmhd_port(daemon)) }

  /// A copy of the socket that it listens on; -1 on failure.
  func copyListener() -> Int32 { cmhd_copy_listener(daemon) }

  /// How many connections are open.
  var connectionCount: Int { core.connections.count }

  /// Has every answer from now on close its connection.
  func beginDraining() { core.beginDraining() }

  /// Takes no more connections.
  func stopListening() {
    // libmicrohttpd gives the socket's number every time that it is asked.
    guard isListening.exchange(false, ordering: .sequentiallyConsistent) else { return }
    let listener = cmhd_quiesce(daemon)
    if listener >= 0 { close(listener) }
  }

  /// Waits until no connection is open.
  func waitForConnections() { core.connections.waitUntilEmpty() }

  /// Stops listening, answers what has arrived, and stops; gives the number of requests that are cut
  /// off after the time.
  func stop(seconds: Double) -> Int {
    beginDraining()
    stopListening()
    let left = core.finish(seconds: seconds)
    core.connections.stop()
    cmhd_stop(daemon)
    return left
  }
}

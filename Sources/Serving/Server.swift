import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Serves models over HTTP, with a page to try them.
///
/// ``ServerRoutes`` lists the paths.
package final class Server: Sendable {
  private let configuration: ServerConfiguration
  private let transport: any HTTPTransport
  private let models: ModelRepository
  private let workers: WorkQueue
  private let background: WorkQueue
  private let dispatcher: Dispatcher
  private let readiness = Readiness()

  /// A server of models that are there, the first of which the page shows.
  package convenience init(
    models: [ServedModel], _ configuration: ServerConfiguration = ServerConfiguration()
  ) {
    self.init(ModelRepository(models), configuration)
  }

  /// A server of a repository's models.
  package convenience init(
    _ models: ModelRepository, _ configuration: ServerConfiguration = ServerConfiguration()
  ) {
    self.init(models, configuration, transport: MicroHTTPServer(configuration.transport))
  }

  init(
    _ models: ModelRepository, _ configuration: ServerConfiguration,
    transport: any HTTPTransport
  ) {
    ProcessFigures.begin()
    self.configuration = configuration
    self.transport = transport
    self.models = models
    workers = WorkQueue(threadCount: configuration.workers, limit: configuration.queueLimit)
    background = WorkQueue(threadCount: 1, limit: 16)
    let observer = RequestObserver(
      log: configuration.accessLog, events: configuration.eventLog)
    let routes = ServerRoutes(
      models: models, configuration: configuration, observer: observer,
      isReady: { [readiness] in readiness.isReady },
      connectionCount: { [weak transport] in transport?.connectionCount ?? 0 })
    dispatcher = Dispatcher(
      HTTPRouter(routes.all), workers: workers, background: background, configuration, observer)
  }

  /// Begins to listen, and gives the address.
  package func start() throws(TransportError) -> HTTPAddress {
    let address = try transport.start(dispatcher)
    readiness.set(true)
    configuration.eventLog?.write(.info, "listening", address.description)
    return address
  }

  /// Says that it is not ready, waits for the configured delay, in which answers close their
  /// connections, answers what has arrived, and stops; gives the number of requests that were cut off.
  @discardableResult
  package func stop() -> Int {
    readiness.set(false)
    configuration.eventLog?.write(.info, "stopping")
    transport.beginDraining()
    usleep(UInt32(configuration.drainDelay * 1e6))
    let left = transport.drain(seconds: configuration.drainSeconds)
    // What is still computed was cut off, and what is still read is read for nobody.
    if left == 0 { workers.stop() } else { workers.abandon() }
    background.abandon()
    configuration.accessLog?.close()
    configuration.eventLog?.write(
      left == 0 ? .info : .error, "stopped", "\(left) requests were cut off")
    configuration.eventLog?.close()
    return left
  }

  /// Reads the models and the certificates anew; gives what could not be read.
  private func reload() -> [String] {
    var failures = models.reload()
    do {
      if let security = try configuration.readSecurity?() { try transport.renew(security) }
    } catch {
      failures.append("\(error)")
    }
    for failure in failures { configuration.eventLog?.write(.error, "reload_failed", failure) }
    if failures.isEmpty { configuration.eventLog?.write(.info, "reloaded") }
    return failures
  }

  /// Listens until the process is told to stop by SIGTERM or SIGINT, then stops in good order.
  ///
  /// A second signal ends the process at once. SIGHUP reads the models and the certificates anew, and
  /// opens the logs anew.
  ///
  /// - Parameters:
  ///   - onReady: Called with the address once the server listens.
  ///   - onReload: Called with what could not be read, in one line each, after models were read anew.
  /// - Returns: The number of requests that were cut off.
  /// - Throws: ``TransportError`` where it cannot listen.
  @discardableResult
  package func run(
    onReady: (HTTPAddress) -> Void, onReload: @escaping @Sendable ([String]) -> Void = { _ in }
  ) throws(TransportError) -> Int {
    let signal = ProcessSignals()
    onReady(try start())
    while signal.wait() == .reload {
      configuration.accessLog?.reopen()
      configuration.eventLog?.reopen()
      _ = background.submit { [self] in onReload(reload()) }
    }
    return stop()
  }
}

/// Whether a server takes requests.
private final class Readiness: Sendable {
  private let value = Atomic<Bool>(false)

  var isReady: Bool { value.load(ordering: .relaxed) }

  func set(_ isReady: Bool) {
    value.store(isReady, ordering: .relaxed)
  }
}

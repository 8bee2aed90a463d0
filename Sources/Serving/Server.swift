import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Serves models over HTTP, with a page to try them.
///
/// | path | answered by |
/// |---|---|
/// | `GET /` | ``PageHandler`` |
/// | `POST /` | ``FlaskDemoHandler`` |
/// | `GET /api/models` | ``ModelListHandler`` |
/// | `POST /api/models/{name}/digit` | ``DigitHandler`` |
/// | `GET /v2/health/live`, `GET /v2/health/ready` | ``HealthHandler`` |
/// | everything under `/v1` | ``TensorFlowServingHandler`` |
package final class Server: Sendable {
  /// The most bytes of a picture, as a file or as a data URL.
  private static let pictureLimit = 8 << 20

  private let configuration: ServerConfiguration
  private let transport: any HTTPTransport
  private let workers: WorkQueue
  private let dispatcher: Dispatcher
  private let readiness: Readiness

  /// A server of models, the first of which the page shows.
  package convenience init(
    models: [ServedModel], _ configuration: ServerConfiguration = ServerConfiguration()
  ) {
    self.init(
      models: models, configuration, transport: MicroHTTPServer(configuration.transport))
  }

  init(
    models: [ServedModel], _ configuration: ServerConfiguration, transport: any HTTPTransport
  ) {
    self.configuration = configuration
    self.transport = transport
    let readiness = Readiness()
    self.readiness = readiness
    workers = WorkQueue(threadCount: configuration.workers, limit: configuration.queueLimit)
    dispatcher = Dispatcher(
      HTTPRouter(Self.routes(models, readiness)), workers: workers,
      bodyLimit: configuration.bodyLimit)
  }

  private static func routes(_ models: [ServedModel], _ readiness: Readiness) -> [HTTPRoute] {
    let health = HealthHandler { readiness.isReady }
    let tensorFlow = TensorFlowServingHandler(models)
    return [
      HTTPRoute("GET", "/", on: .connection, PageHandler()),
      HTTPRoute("POST", "/", on: .worker, bodyLimit: pictureLimit, FlaskDemoHandler(models)),
      HTTPRoute("GET", "/api/models", on: .connection, ModelListHandler(models)),
      HTTPRoute(
        "POST", "/api/models/{name}/digit", on: .worker, bodyLimit: pictureLimit,
        DigitHandler(models)),
      HTTPRoute("GET", "/v2/health/live", on: .connection, health),
      HTTPRoute("GET", "/v2/health/ready", on: .connection, health),
      HTTPRoute("GET", "/v1/*", on: .connection, tensorFlow),
      HTTPRoute(nil, "/v1/*", on: .worker, tensorFlow),
    ]
  }

  /// Begins to listen, and gives the address.
  package func start() throws(TransportError) -> HTTPAddress {
    let address = try transport.start(dispatcher)
    readiness.set(true)
    return address
  }

  /// Says that it is not ready, waits for the configured delay, answers what has arrived, and
  /// stops; gives the number of requests that were cut off.
  @discardableResult
  package func stop() -> Int {
    readiness.set(false)
    usleep(UInt32(configuration.drainDelay * 1e6))
    let left = transport.drain(seconds: configuration.drainSeconds)
    workers.stop()
    return left
  }

  /// Listens until the process is told to stop by SIGTERM or SIGINT, then stops in good order; a
  /// second signal ends the process at once.
  ///
  /// - Parameter onReady: Called with the address once the server listens.
  /// - Returns: The number of requests that were cut off.
  /// - Throws: ``TransportError`` where it cannot listen.
  @discardableResult
  package func run(onReady: (HTTPAddress) -> Void) throws(TransportError) -> Int {
    let signal = StopSignal()
    onReady(try start())
    signal.wait()
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

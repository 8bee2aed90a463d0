/// The paths of a server and what answers them.
///
/// | path | answered by |
/// |---|---|
/// | `GET /` | ``PageHandler`` |
/// | `POST /` | ``FlaskDemoHandler`` |
/// | `GET /api/models`, `POST /api/models/{name}/digit` | ``ModelListHandler``, ``DigitHandler`` |
/// | `GET /v2/health/…` | ``HealthHandler`` |
/// | `GET /v2`, `/v2/models…` | ``ServerMetadataHandler``, ``ModelMetadataHandler`` |
/// | `GET /v2/models…/stats` | ``StatisticsHandler`` |
/// | `POST /v2/models/…/infer` | ``InferHandler`` |
/// | `POST /v2/repository/…` | ``RepositoryHandler`` |
/// | `/v1/…` | ``TensorFlowServingHandler``, ``TensorFlowPredictionHandler`` |
/// | `GET /metrics`, `/monitoring/prometheus/metrics` | ``MetricsHandler`` |
/// | `GET /openapi.json` | ``OpenAPIHandler`` |
struct ServerRoutes {
  /// The most bytes of a picture, as a file or as a data URL.
  private static let pictureLimit = 8 << 20

  let models: ModelRepository
  let configuration: ServerConfiguration
  let observer: RequestObserver
  let isReady: @Sendable () -> Bool
  let connectionCount: @Sendable () -> Int

  /// All routes; the first that takes a request has it.
  var all: [HTTPRoute] { openInference + tensorFlow + page + observation }

  private var page: [HTTPRoute] {
    [
      HTTPRoute("GET", "/", on: .connection, PageHandler()),
      HTTPRoute(
        "POST", "/", on: .worker, bodyLimit: Self.pictureLimit, FlaskDemoHandler(models)),
      HTTPRoute("GET", "/api/models", on: .connection, ModelListHandler(models)),
      HTTPRoute(
        "POST", "/api/models/{name}/digit", on: .worker, bodyLimit: Self.pictureLimit,
        DigitHandler(models)),
    ]
  }

  private var tensorFlow: [HTTPRoute] {
    let (predictions, other) = (
      TensorFlowPredictionHandler(models), TensorFlowServingHandler(models)
    )
    // The path's own words may be in letters of any case, as in TensorFlow Serving.
    return ["/v1", "/V1"].flatMap { version in
      [
        HTTPRoute("POST", version + "/*", on: .worker, predictions),
        HTTPRoute(nil, version + "/*", on: .connection, other),
        HTTPRoute(nil, version, on: .connection, other),
      ]
    }
  }

  private var openInference: [HTTPRoute] {
    let health = HealthHandler(isReady: isReady)
    let metadata = ModelMetadataHandler(models, configuration.batching)
    let statistics = StatisticsHandler(models)
    let repository = RepositoryHandler(
      models, mayChange: configuration.allowsChanges,
      isLoopback: configuration.transport.isLoopback && configuration.token == nil,
      events: configuration.eventLog)
    let infer = InferHandler(models)
    var routes = [
      HTTPRoute("GET", "/v2/health/live", on: .connection, isPublic: true, health),
      HTTPRoute("GET", "/v2/health/ready", on: .connection, isPublic: true, health),
      HTTPRoute(
        "GET", "/v2", on: .connection, ServerMetadataHandler(version: configuration.version)),
      HTTPRoute("GET", "/v2/models", on: .connection, metadata),
      HTTPRoute("GET", "/v2/models/stats", on: .connection, statistics),
      HTTPRoute("POST", "/v2/repository/index", on: .connection, repository),
      HTTPRoute("POST", "/v2/repository/models/{model}/load", on: .background, repository),
      HTTPRoute("POST", "/v2/repository/models/{model}/unload", on: .background, repository),
    ]
    for model in ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"] {
      routes += [
        HTTPRoute("POST", model + "/infer", on: .worker, infer),
        HTTPRoute("GET", model, on: .connection, metadata),
        HTTPRoute("GET", model + "/ready", on: .connection, metadata),
        HTTPRoute("GET", model + "/config", on: .connection, metadata),
        HTTPRoute("GET", model + "/stats", on: .connection, statistics),
      ]
    }
    return routes
  }

  private var observation: [HTTPRoute] {
    let metrics = MetricsHandler(models, observer, connectionCount: connectionCount)
    let description = OpenAPIHandler(
      models, version: configuration.version, asksForToken: configuration.token != nil)
    return [
      HTTPRoute("GET", "/metrics", on: .connection, metrics),
      HTTPRoute("GET", "/monitoring/prometheus/metrics", on: .connection, metrics),
      HTTPRoute("GET", "/openapi.json", on: .connection, description),
    ]
  }
}

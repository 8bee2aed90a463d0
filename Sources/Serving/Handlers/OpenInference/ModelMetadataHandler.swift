import Inference

/// Tells what models are there and what they take, as the Open Inference Protocol and Triton do.
///
/// | path | answer |
/// |---|---|
/// | `GET /v2/models` | the names |
/// | `GET /v2/models/{model}[/versions/{version}]` | inputs and outputs |
/// | `GET …/ready` | whether it is loaded; 503 where it is not |
/// | `GET …/config` | Triton's configuration |
package struct ModelMetadataHandler: HTTPHandler {
  private let models: ModelRepository
  private let batching: BatchSettings

  /// A handler for `models`, whose requests are batched as the settings say.
  package init(_ models: ModelRepository, _ batching: BatchSettings) {
    self.models = models
    self.batching = batching
  }

  /// Answers the paths above.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    guard let name = request.parameters["model"] else { return list() }
    if request.path.hasSuffix("/ready") { return try readiness(of: name, request) }
    let model = try models.find(for: request).model
    return request.path.hasSuffix("/config") ? configuration(model) : metadata(model)
  }

  private func list() -> HTTPResponse {
    var json = JSONWriter()
    json.object { json in
      json.member("models") { $0.array(models.latest) { $0.string($1.model.name) } }
    }
    return .json(.ok, json)
  }

  private func readiness(of name: String, _ request: HTTPRequest) throws(HTTPError) -> HTTPResponse
  {
    var isReady = true
    do throws(HTTPError) {
      _ = try models.find(for: request)
    } catch {
      // A model that is known may become ready.
      guard models.statuses(of: name) != nil else { throw error }
      isReady = false
    }
    var json = JSONWriter()
    json.object { json in
      json.member("name", name)
      json.member("ready") { $0.bool(isReady) }
    }
    return .json(isReady ? .ok : .unavailable, json)
  }

  private func metadata(_ model: ServedModel) -> HTTPResponse {
    let versions = models.statuses(of: model.name) ?? []
    var json = JSONWriter()
    json.object { json in
      json.member("name", model.name)
      json.member("versions") { json in
        let loaded = versions.filter { $0.state == .available }.map(\.version).sorted()
        json.array(loaded) { $0.string(String($1)) }
      }
      json.member("platform", Self.platform)
      json.member("inputs") { $0.array(model.inputs) { Self.write($1, to: &$0) } }
      json.member("outputs") { $0.array(model.outputs) { Self.write($1, to: &$0) } }
    }
    return .json(.ok, json)
  }

  private static let platform = "keraskit_safetensors"

  private static func write(_ port: ModelPort, to json: inout JSONWriter) {
    json.object { json in
      json.member("name", port.name)
      json.member("datatype", port.elementType.openInferenceName)
      json.member("shape") { $0.array(port.shape) { $0.integer($1 ?? -1) } }
    }
  }

  private static func write(_ policy: VersionPolicy, to json: inout JSONWriter) {
    json.object { json in
      switch policy {
      case .latest:
        json.member("latest") { $0.object { $0.member("num_versions") { $0.integer(1) } } }
      case .all:
        json.member("all") { $0.object { _ in } }
      case .some(let numbers):
        json.member("specific") {
          $0.object { $0.member("versions") { $0.array(numbers) { $0.integer($1) } } }
        }
      }
    }
  }

  private func configuration(_ model: ServedModel) -> HTTPResponse {
    let largest = model.isBatchable ? batching.largestBatch : 0
    var json = JSONWriter()
    json.object { json in
      json.member("name", model.name)
      json.member("platform", Self.platform)
      json.member("backend", "keraskit")
      json.member("version_policy") {
        Self.write(models.policy(of: model.name) ?? .latest, to: &$0)
      }
      json.member("max_batch_size") { $0.integer(largest) }
      json.member("input") { json in
        json.array(model.inputs) { Self.configure($1, isBatched: largest > 0, to: &$0) }
      }
      json.member("output") { json in
        json.array(model.outputs) { Self.configure($1, isBatched: largest > 0, to: &$0) }
      }
      if largest > 0 {
        json.member("dynamic_batching") {
          $0.object { json in
            json.member("max_queue_delay_microseconds") { $0.integer(batching.delayMicroseconds) }
            json.member("preserve_ordering") { $0.bool(false) }
          }
        }
      }
    }
    return .json(.ok, json)
  }

  /// Triton leaves the batch's axis out where it batches.
  private static func configure(
    _ port: ModelPort, isBatched: Bool, to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("name", port.name)
      json.member("data_type", port.elementType.configurationName)
      json.member("dims") { json in
        json.array(isBatched ? port.shape.dropFirst() : port.shape[...]) { $0.integer($1 ?? -1) }
      }
    }
  }
}

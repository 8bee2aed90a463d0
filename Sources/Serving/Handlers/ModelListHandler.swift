import Inference
import Tensors

/// Lists the models, for the page and for whoever wants to know.
///
/// The answer is `{"models": […]}`, with each model's `name`, `version`, `labels` (or null),
/// `inputs` and `outputs` (`name`, `shape` with null for open axes, `type`) and `digit`, whether
/// ``DigitHandler`` takes it.
package struct ModelListHandler: HTTPHandler {
  private let models: ModelRepository

  /// A handler that lists the newest versions of `models`, in their order.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  /// Answers `GET /api/models`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var json = JSONWriter()
    json.object { json in
      json.member("models") { $0.array(models.latest) { Self.write($1.model, to: &$0) } }
    }
    return .json(.ok, json)
  }

  private static func write(_ model: ServedModel, to json: inout JSONWriter) {
    json.object { json in
      json.member("name", model.name)
      json.member("version", String(model.version))
      json.member("labels") { json in
        if let labels = model.labels { json.array(labels) { $0.string($1) } } else { json.null() }
      }
      json.member("inputs") { $0.array(model.inputs) { write($1, to: &$0) } }
      json.member("outputs") { $0.array(model.outputs) { write($1, to: &$0) } }
      json.member("digit") { $0.bool(DigitModel(model) != nil) }
    }
  }

  private static func write(_ port: ModelPort, to json: inout JSONWriter) {
    json.object { json in
      json.member("name", port.name)
      json.member("type", port.elementType.rawValue)
      json.member("shape") { json in
        json.array(port.shape) { json, size in
          if let size { json.integer(size) } else { json.null() }
        }
      }
    }
  }
}

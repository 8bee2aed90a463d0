import ModelFormat

/// Describes the interface by OpenAPI 3.0.3, made of the models that are loaded.
package struct OpenAPIHandler: HTTPHandler {
  private let models: ModelRepository
  private let version: String
  private let asksForToken: Bool

  /// A handler for `models` in a program of the given version.
  package init(_ models: ModelRepository, version: String, asksForToken: Bool) {
    self.models = models
    self.version = version
    self.asksForToken = asksForToken
  }

  /// Answers `GET /openapi.json`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var paths = OpenAPIPaths.server
    for version in models.latest { paths.merge(OpenAPIPaths.of(version.model)) { _, new in new } }
    let description =
      "Keras models over TensorFlow Serving's REST API and the Open Inference Protocol."
    var components: [String: ModelFormat.JSONValue] = ["schemas": .object(OpenAPISchema.common)]
    var document: [String: ModelFormat.JSONValue] = [
      "openapi": .string("3.0.3"),
      "info": .object([
        "title": .string("keraskit"), "description": .string(description),
        "version": .string(version),
      ]),
      "paths": .object(paths),
    ]
    if asksForToken {
      components["securitySchemes"] = .object([
        "token": .object(["type": .string("http"), "scheme": .string("bearer")])
      ])
      document["security"] = .array([.object(["token": .array([])])])
    }
    document["components"] = .object(components)
    let text = ModelFormat.JSONValue.object(document).canonicalText
    return HTTPResponse(
      .ok, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
      body: Array(text.utf8))
  }
}

/// Tells what the server is, as the Open Inference Protocol asks.
package struct ServerMetadataHandler: HTTPHandler {
  /// The extensions of the protocol that are there.
  static let extensions = [
    "binary_tensor_data", "classification", "model_configuration", "model_repository",
    "model_repository(unload_dependents)", "statistics",
  ]
  private let version: String

  /// A handler of the program's version.
  package init(version: String) {
    self.version = version
  }

  /// Answers `GET /v2`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var json = JSONWriter()
    json.object { json in
      json.member("name", "keraskit")
      json.member("version", version)
      json.member("extensions") { $0.array(Self.extensions) { $0.string($1) } }
    }
    return .json(.ok, json)
  }
}

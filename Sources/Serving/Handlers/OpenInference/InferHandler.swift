import Tensors

/// Answers requests of the Open Inference Protocol to infer, with the extensions for binary tensors
/// and for classification.
///
/// A picture as the body is the model's only input, its outputs go as JSON.
package struct InferHandler: PredictionHandler {
  private let models: ModelRepository
  private let parser = JSONParser()

  /// A handler that serves `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  func version(for request: HTTPRequest) throws(HTTPError) -> ServedVersion {
    try models.find(for: request)
  }

  /// Reads `POST /v2/models/{model}[/versions/{version}]/infer`.
  func prediction(for request: HTTPRequest) throws(HTTPError) -> RequestedPrediction {
    let version = try version(for: request)
    let model = version.model
    let infer = try self.request(request, model)
    let response = InferResponse(model: model, id: infer.id, outputs: infer.outputs)
    return RequestedPrediction(
      version: version, inputs: infer.inputs, timeoutMicroseconds: infer.timeoutMicroseconds
    ) { outputs throws(HTTPError) in
      try response.write(outputs)
    }
  }

  private func request(
    _ request: HTTPRequest, _ model: ServedModel
  ) throws(HTTPError) -> InferRequest {
    if request.isPicture {
      guard request.headers["Inference-Header-Content-Length"] == nil else {
        throw HTTPError(.badRequest, "Inference-Header-Content-Length: a picture holds no JSON")
      }
      return InferRequest(picture: try request.picture(for: model), of: model)
    }
    let count = request.body.bytes.count
    guard let field = request.headers["Inference-Header-Content-Length"] else {
      return try json(request, textCount: count, model)
    }
    guard let textCount = Int(field), textCount >= 0, textCount <= count,
      field.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else {
      throw HTTPError(
        .badRequest,
        "Inference-Header-Content-Length: expected at most the body's \(count) bytes, found "
          + "\"\(field)\"")
    }
    if textCount == 0 { return try InferRequest(raw: request.body.bytes, for: model) }
    return try json(request, textCount: textCount, model)
  }

  private func json(
    _ request: HTTPRequest, textCount: Int, _ model: ServedModel
  ) throws(HTTPError) -> InferRequest {
    let binary = UnsafeRawBufferPointer(rebasing: request.body.bytes[textCount...])
    return try parser.parse(request.body, count: textCount) { root throws(HTTPError) in
      try InferRequest(root, binary: binary, textCount: textCount, for: model)
    }
  }
}

extension InferRequest {
  /// A request for all outputs for a picture.
  init(picture: [Tensor], of model: ServedModel) {
    inputs = picture
    outputs = model.outputs.indices.map { Output(index: $0, isBinary: false) }
  }
}

extension ModelRepository {
  /// The version that a path of the Open Inference Protocol names.
  func find(for request: HTTPRequest) throws(HTTPError) -> ServedVersion {
    let name = request.parameters["model"] ?? ""
    var choice = VersionChoice.latest
    if let text = request.parameters["version"] {
      choice = Int(text).map { .number($0) } ?? .label(text)
    }
    do throws(RepositoryError) {
      return try find(name, choice)
    } catch {
      // Triton's words, but for labels, which it has none of.
      let problem =
        switch error {
        case .unknownModel: "is not found"
        case .notLoaded: "has no available versions"
        case .unknownVersion(let number): "version \(number) is not found"
        case .unknownLabel, .unreadable: throw error.response(for: name)
        }
      throw HTTPError(.notFound, "Request for unknown model: '\(name)' \(problem)")
    }
  }
}

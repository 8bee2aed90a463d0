/// Answers as TensorFlow Serving's REST API, version 1, does: a model's status and metadata, and
/// predictions in rows and in columns.
///
/// Errors are those of TensorFlow Serving, with its texts: an unknown path and a wrong method are
/// malformed requests there, with status 400.
package struct TensorFlowServingHandler: HTTPHandler {
  private let models: [ServedModel]
  private let parser = JSONParser()

  /// A handler that serves `models`.
  package init(_ models: [ServedModel]) {
    self.models = models
  }

  /// Answers everything under `/v1`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    switch request.method {
    case "POST":
      if let target = try TensorFlowTarget.post(request.path) {
        return try post(target, request.body)
      }
    case "GET", "HEAD":
      if let target = try TensorFlowTarget.get(request.path) { return try get(target) }
    default:
      break
    }
    throw HTTPError(.badRequest, "Malformed request: \(request.method) \(request.path)")
  }

  private func post(_ target: TensorFlowTarget, _ body: HTTPBody) throws(HTTPError)
    -> HTTPResponse
  {
    let model = try servable(target)
    guard target.action == ":predict" else {
      throw HTTPError(.notImplemented, "\"\(target.action)\" is not implemented")
    }
    let request = try parser.parse(body) { value throws(HTTPError) in
      try PredictRequest(value, for: model, textCount: body.count)
    }
    let outputs = try model.outputs(for: request.inputs)
    return .json(.ok, try PredictResponse.write(outputs, of: model, as: request.format))
  }

  private func get(_ target: TensorFlowTarget) throws(HTTPError) -> HTTPResponse {
    guard !target.model.isEmpty else {
      throw HTTPError(.badRequest, "Missing model name in request.")
    }
    if target.action == "/metadata" {
      return .json(.ok, ModelMetadata.write(try servable(target)))
    }
    return .json(.ok, ModelMetadata.writeStatus(try status(target)))
  }

  /// The model that is asked to compute.
  private func servable(_ target: TensorFlowTarget) throws(HTTPError) -> ServedModel {
    let model = models.first { $0.name == target.model }
    switch target.version {
    case .latest:
      if let model { return model }
      throw HTTPError(.notFound, "Servable not found for request: Latest(\(target.model))")
    case .number(let number):
      if let model, model.version == number { return model }
      throw HTTPError(
        .notFound, "Servable not found for request: Specific(\(target.model), \(number))")
    case .label(let label):
      throw HTTPError(.badRequest, "Unrecognized servable version label: \(label)")
    }
  }

  /// The model whose state is asked for.
  private func status(_ target: TensorFlowTarget) throws(HTTPError) -> ServedModel {
    guard let model = models.first(where: { $0.name == target.model }) else {
      throw HTTPError(.notFound, "Could not find any versions of model \(target.model)")
    }
    switch target.version {
    case .latest, .number(model.version):
      return model
    case .number(let number):
      throw HTTPError(.notFound, "Could not find version \(number) of model \(target.model)")
    case .label(let label):
      throw HTTPError(.badRequest, "Unrecognized servable version label: \(label)")
    }
  }
}

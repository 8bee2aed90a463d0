import Tensors

/// Answers predictions as TensorFlow Serving's REST API, version 1, does: in rows and in columns,
/// as classes with their scores, and as single numbers.
///
/// A body whose type is a picture's is taken for the model's only input.
package struct TensorFlowPredictionHandler: PredictionHandler {
  private let models: ModelRepository
  private let parser = JSONParser()

  /// A handler that serves `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  func version(for request: HTTPRequest) throws(HTTPError) -> ServedVersion {
    try models.servable(try target(of: request))
  }

  private func target(of request: HTTPRequest) throws(HTTPError) -> TensorFlowTarget {
    guard let target = try TensorFlowTarget.post(request.path) else {
      throw TensorFlowServingHandler.malformed(request)
    }
    return target
  }

  func prediction(for request: HTTPRequest) throws(HTTPError) -> RequestedPrediction {
    let target = try target(of: request)
    let version = try models.servable(target)
    let model = version.model
    if target.action != ":predict" { try ExamplesResponse.check(model, target.action) }
    if request.isPicture { return try picture(request, version, target) }
    return try parser.parse(request.body) { value throws(HTTPError) in
      let textCount = request.body.bytes.count
      if target.action == ":predict" {
        let request = try PredictRequest(value, for: model, textCount: textCount)
        let format = request.format
        return RequestedPrediction(version: version, inputs: request.inputs) {
          outputs throws(HTTPError) in
          .json(.ok, try PredictResponse.write(outputs, of: model, as: format))
        }
      }
      let examples = try ExamplesRequest(value, for: model, textCount: textCount)
      return RequestedPrediction(version: version, inputs: examples.inputs) {
        outputs throws(HTTPError) in
        .json(.ok, try ExamplesResponse.write(outputs, of: model, target.action))
      }
    }
  }

  private func picture(
    _ request: HTTPRequest, _ version: ServedVersion, _ target: TensorFlowTarget
  ) throws(HTTPError) -> RequestedPrediction {
    let model = version.model
    return RequestedPrediction(version: version, inputs: try request.picture(for: model)) {
      outputs throws(HTTPError) in
      target.action == ":predict"
        ? .json(.ok, try PredictResponse.write(outputs, of: model, as: .rows))
        : .json(.ok, try ExamplesResponse.write(outputs, of: model, target.action))
    }
  }
}

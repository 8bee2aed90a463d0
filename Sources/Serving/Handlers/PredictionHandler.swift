import Tensors

/// Answers requests by a model's outputs.
///
/// A request is read first; the model computes its inputs when its turn has come, maybe together
/// with those of other requests; the outputs are made an answer last.
protocol PredictionHandler: HTTPHandler {
  /// The version of the model that a request is for, as its path alone tells.
  func version(for request: HTTPRequest) throws(HTTPError) -> ServedVersion

  /// What a request asks of which model.
  func prediction(for request: HTTPRequest) throws(HTTPError) -> RequestedPrediction
}

/// Inputs for a model, and how its outputs become an answer.
struct RequestedPrediction: Sendable {
  /// The version of the model.
  let version: ServedVersion
  /// The inputs, one for each of the model's.
  let inputs: [Tensor]
  /// The longest that the client waits, where it says so.
  var timeoutMicroseconds: Int?
  /// Makes the answer.
  let respond: @Sendable ([Tensor]) throws(HTTPError) -> HTTPResponse
}

extension PredictionHandler {
  /// Answers at once, whatever else waits.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let prediction = try prediction(for: request)
    return try prediction.respond(try prediction.version.model.outputs(for: prediction.inputs))
  }
}

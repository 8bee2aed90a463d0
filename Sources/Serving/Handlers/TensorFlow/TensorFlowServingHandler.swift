import Tensors

/// Answers as TensorFlow Serving's REST API, version 1, does where nothing is computed: a model's
/// status and metadata.
///
/// Errors are those of TensorFlow Serving, with its texts: an unknown path and a wrong method are
/// malformed requests there, with status 400.
package struct TensorFlowServingHandler: HTTPHandler {
  private let models: ModelRepository

  /// A handler that serves `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  /// Answers everything under `/v1` that is no prediction.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    guard ["GET", "HEAD"].contains(request.method),
      let target = try TensorFlowTarget.get(request.path)
    else { throw Self.malformed(request) }
    guard !target.model.isEmpty else {
      throw HTTPError(.badRequest, "Missing model name in request.")
    }
    if target.action == "/metadata" {
      return .json(.ok, ModelMetadata.write(try models.servable(target).model))
    }
    return .json(.ok, ModelMetadata.write(try models.statuses(target), of: target.model))
  }

  static func malformed(_ request: HTTPRequest) -> HTTPError {
    HTTPError(.badRequest, "Malformed request: \(request.method) \(request.path)")
  }
}

extension ModelRepository {
  /// The model that is asked to compute, or TensorFlow Serving's error.
  func servable(_ target: TensorFlowTarget) throws(HTTPError) -> ServedVersion {
    do throws(RepositoryError) {
      return try find(target.model, target.version)
    } catch {
      switch (error, target.version) {
      case (.unknownLabel(let label), _):
        throw HTTPError(.badRequest, "Unrecognized servable version label: \(label)")
      case (_, .number(let number)):
        throw HTTPError(
          .notFound, "Servable not found for request: Specific(\(target.model), \(number))")
      default:
        throw HTTPError(.notFound, "Servable not found for request: Latest(\(target.model))")
      }
    }
  }

  /// The states of the versions that are asked for, or TensorFlow Serving's error.
  fileprivate func statuses(_ target: TensorFlowTarget) throws(HTTPError) -> [VersionStatus] {
    guard let statuses = statuses(of: target.model), !statuses.isEmpty else {
      throw HTTPError(.notFound, "Could not find any versions of model \(target.model)")
    }
    let number: Int
    switch target.version {
    case .latest: return statuses
    case .number(let wanted): number = wanted
    case .label: number = try servable(target).model.version
    }
    guard let status = statuses.first(where: { $0.version == number }) else {
      throw HTTPError(.notFound, "Could not find version \(number) of model \(target.model)")
    }
    return [status]
  }
}

/// One version of a model that is served: what computes, what waits for it, and what it has done.
final class ServedVersion: Sendable {
  /// The model.
  let model: ServedModel
  /// Changes when the model's file does.
  let stamp: String
  /// The predictions that wait.
  let queue: PredictionQueue
  /// What the version has done, also before it was read again.
  let statistics: ModelStatistics

  init(_ model: ServedModel, stamp: String, statistics: ModelStatistics = ModelStatistics()) {
    self.model = model
    self.stamp = stamp
    self.statistics = statistics
    queue = PredictionQueue()
  }
}

/// Which version of a model is meant.
enum VersionChoice: Equatable {
  /// The one with the greatest number.
  case latest
  /// The one of a number.
  case number(Int)
  /// The one that a label names.
  case label(String)
}

/// A version and what has become of it.
struct VersionStatus: Equatable {
  /// TensorFlow Serving's words for it.
  enum State: String {
    case loading = "LOADING"
    case available = "AVAILABLE"
    case end = "END"
  }

  var version: Int
  var state: State
  /// Why it is not available.
  var reason = ""

  /// Whether the version could not be read.
  var isFailure: Bool { state == .end && reason != VersionStatus.unloaded }

  /// The reason of a version that was dropped because somebody asked for it.
  static let unloaded = "unloaded"
}

import HDF5
import Imaging
import Inference
import ModelFormat

/// What went wrong, as the user is told it.
struct Failure: Error {
  let status: ExitStatus
  /// One line each.
  let messages: [String]

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    messages = [message]
  }

  /// A file that cannot be used.
  static func badFile(_ path: String, _ reason: String) -> Failure {
    Failure(.badFile, "\"\(path)\": \(reason)")
  }

  /// How any error that a command throws is told.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let problems as ModelProblems:
      status = problems.isUnsupported ? .checkFailed : .badFile
      messages = problems.problems.map(\.description)
    default:
      status = .badFile
      messages = ["\(error)"]
    }
  }
}

extension ModelProblems {
  /// Whether the model asks for what is not there, rather than being damaged.
  var isUnsupported: Bool { problems.contains { $0.kind == .unsupported } }
}

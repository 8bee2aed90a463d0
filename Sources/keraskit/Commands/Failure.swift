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
    case let failure as ModelFailure:
      status = failure.status
      messages = failure.messages
    default:
      status = .badFile
      messages = ["\(error)"]
    }
  }
}

/// Why a repository has no such version, or cannot read it.
enum RepositoryError: Error, Equatable {
  /// No model has the name.
  case unknownModel
  /// The model has no version that is loaded.
  case notLoaded
  /// The model has no version of the number.
  case unknownVersion(Int)
  /// No version of the model has the label.
  case unknownLabel(String)
  /// Versions that cannot be read, with their reasons.
  case unreadable([String])

  /// What is wrong with a model of the given name, in one line each.
  func messages(for name: String) -> [String] {
    switch self {
    case .unknownModel: ["model \"\(name)\" is not known"]
    case .notLoaded: ["model \"\(name)\" is not loaded"]
    case .unknownVersion(let number): ["model \"\(name)\" has no version \(number)"]
    case .unknownLabel(let label): ["model \"\(name)\" has no version with label \"\(label)\""]
    case .unreadable(let reasons): reasons.map { "model \"\(name)\": \($0)" }
    }
  }

  /// The error as a client is told.
  func response(for name: String) -> HTTPError {
    let message = messages(for: name).joined(separator: "; ")
    return switch self {
    case .unknownModel, .unknownVersion, .unknownLabel, .notLoaded: HTTPError(.notFound, message)
    case .unreadable: HTTPError(.badRequest, message)
    }
  }
}

/// One reason why a model cannot be used: which layer, which option, and why.
public struct ModelProblem: Error, Hashable, Sendable {
  /// Whether the file is damaged or asks for what is not there yet.
  public enum Kind: String, Codable, Sendable {
    /// The model contradicts itself or Keras's rules: a missing weight, a wrong shape.
    case invalid
    /// The model is sound, but holds what KerasKit does not do.
    case unsupported
  }

  /// Whether the model is damaged or beyond what is supported.
  public var kind: Kind
  /// The layer's name, or nil for a problem of the model as a whole.
  public var layer: String?
  /// The layer's class.
  public var className: String?
  /// The option, weight or argument at fault.
  public var option: String?
  /// What was expected and what was found.
  public var reason: String

  /// A problem of the given parts.
  public init(
    _ kind: Kind, layer: String? = nil, className: String? = nil, option: String? = nil,
    reason: String
  ) {
    self.kind = kind
    self.layer = layer
    self.className = className
    self.option = option
    self.reason = reason
  }
}

extension ModelProblem {
  /// Why a call with `training=True` is refused.
  package static let calledInTraining =
    "the call computes as in training, by chance or by its batch's own statistics, in inference too"
}

extension ModelProblem: CustomStringConvertible {
  /// The problem on one line: `layer "a" (Conv2D), option "padding": …`.
  public var description: String {
    var place: [String] = []
    if let layer { place.append("layer \"\(layer)\"" + (className.map { " (\($0))" } ?? "")) }
    if let option { place.append("\"\(option)\"") }
    return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + reason
  }
}

/// Every problem of a model at once.
public struct ModelProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// The problems in the order of the model's layers, at least one.
  public var problems: [ModelProblem]

  /// The given problems.
  public init(_ problems: [ModelProblem]) {
    self.problems = problems
  }

  /// The problems, one a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

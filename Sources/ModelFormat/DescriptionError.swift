/// Why JSON is no model description, and where in it.
public struct DescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The place in the JSON: `model.layers[3].weights`.
  public let path: String
  /// What was expected and what was found.
  public let reason: String

  /// The error on one line.
  public var description: String { "\(path): \(reason)" }
}

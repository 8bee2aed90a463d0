/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte of the text at which reading stopped.
  public let offset: Int
  /// What was expected and what was found.
  public let reason: String

  /// The error on one line: `byte 17: expected ',' or '}', found 'x'`.
  public var description: String { "byte \(offset): \(reason)" }
}

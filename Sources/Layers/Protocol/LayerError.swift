/// Why a layer cannot be called with given inputs: what was expected and what was found.
public struct LayerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, without the layer's name.
  public var description: String

  /// An error for the given reason.
  public init(_ reason: String) {
    description = reason
  }
}

/// An output of a model.
public struct OutputDescription: Codable, Hashable, Sendable {
  /// The name of the layer that gives the output; several outputs may share it.
  public var name: String
  /// The name of the value in the graph.
  public var value: String

  /// An output that gives `value` under `name`.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

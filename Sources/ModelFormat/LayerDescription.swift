/// A layer of a model: its class, its options and the weights it owns.
public struct LayerDescription: Codable, Hashable, Sendable {
  /// The layer's name, behind the names of the nested models that hold it: `encoder/dense`.
  public var name: String
  /// The Keras class, by its present name: `Conv2D`.
  public var className: String
  /// The options as Keras 3 spells them.
  public var config: [String: JSONValue]
  /// The layer's weights in Keras's order.
  public var weights: [WeightDescription]

  /// A layer of the given parts.
  public init(
    name: String, className: String, config: [String: JSONValue] = [:],
    weights: [WeightDescription] = []
  ) {
    self.name = name
    self.className = className
    self.config = config
    self.weights = weights
  }

  /// The key under which a model's weights hold this layer's weight of the given name.
  public func key(of weight: String) -> String { "\(name)/\(weight)" }
}

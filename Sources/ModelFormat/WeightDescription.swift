public import Tensors

/// A weight of a layer.
public struct WeightDescription: Codable, Hashable, Sendable {
  /// The weight's name within its layer, as Keras 3 calls it: `kernel`, `forward_layer/bias`.
  public var name: String
  /// The size of each axis.
  public var shape: [Int]
  /// The type of the elements in the source; a bundle may store them at another precision.
  public var elementType: ElementType

  /// A weight of the given name, shape and element type.
  public init(name: String, shape: [Int], elementType: ElementType = .float32) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
  }
}

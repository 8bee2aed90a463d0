public import Tensors

/// An input or an output of a model.
public struct ModelPort: Hashable, Sendable {
  /// The name of the Keras layer.
  public let name: String
  /// The size of each axis, the batch first; nil where any size will do.
  public let shape: [Int?]
  /// The type of the elements.
  public let elementType: ElementType

  /// A port of the given name, shape and element type.
  public init(name: String, shape: [Int?], elementType: ElementType) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
  }

  /// Whether a tensor of the given shape fits.
  public func accepts(_ shape: Shape) -> Bool {
    shape.rank == self.shape.count
      && zip(shape.dimensions, self.shape).allSatisfy { $1 == nil || $0 == $1 }
  }
}

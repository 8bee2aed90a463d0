public import Tensors

/// An input of a model; its name is also the name of its value in the graph.
public struct InputDescription: Codable, Hashable, Sendable {
  /// The input layer's name.
  public var name: String
  /// The size of each axis, the batch first; nil where any size will do.
  public var shape: [Int?]
  /// The type of the elements.
  public var elementType: ElementType

  /// An input of the given name, shape (the batch axis included) and element type.
  public init(name: String, shape: [Int?], elementType: ElementType = .float32) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
  }
}

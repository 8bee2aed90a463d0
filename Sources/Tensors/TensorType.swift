/// What is known of a tensor before its elements are: its shape and the type of its elements.
public struct TensorType: Hashable, Sendable {
  /// The size of each axis.
  public var shape: Shape
  /// The type of each element.
  public var elementType: ElementType

  /// A tensor type; elements are single-precision numbers unless told otherwise.
  public init(_ shape: Shape, _ elementType: ElementType = .float32) {
    self.shape = shape
    self.elementType = elementType
  }

  /// The bytes that the elements take.
  public var byteCount: Int { shape.elementCount * elementType.byteCount }
}

extension TensorType: CustomStringConvertible {
  /// The type as in `float32 (1, 28, 28, 1)`.
  public var description: String { "\(elementType.rawValue) \(shape)" }
}

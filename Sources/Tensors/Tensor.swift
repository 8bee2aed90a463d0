/// An immutable, dense, row-major array of numbers.
///
/// Copies share their storage. Elements are read through ``withElements(as:_:)``.
public struct Tensor: Sendable {
  /// The shape and the type of the elements.
  public let type: TensorType
  /// The bytes that hold the elements, from their first byte on.
  public let storage: TensorStorage

  /// The size of each axis.
  public var shape: Shape { type.shape }
  /// The type of each element.
  public var elementType: ElementType { type.elementType }

  /// A tensor over bytes that exist; there must be as many as the type takes.
  public init(_ type: TensorType, storage: TensorStorage) {
    precondition(
      storage.bytes.count >= type.byteCount,
      "storage holds \(storage.bytes.count) bytes, \(type) takes \(type.byteCount)")
    self.type = type
    self.storage = storage
  }

  /// A tensor with the given elements in row-major order; there must be as many as the shape takes.
  public init<Element: TensorElement>(_ shape: Shape, _ elements: [Element]) {
    precondition(
      elements.count == shape.elementCount,
      "\(elements.count) elements given, shape \(shape) takes \(shape.elementCount)")
    self.init(shape, Element.self) { buffer in
      _ = buffer.initialize(fromContentsOf: elements)
    }
  }

  /// A tensor whose elements `fill` writes, all of them.
  public init<Element: TensorElement>(
    _ shape: Shape, _ element: Element.Type, fill: (UnsafeMutableBufferPointer<Element>) -> Void
  ) {
    let type = TensorType(shape, Element.elementType)
    let storage = TensorStorage(uninitialized: type.byteCount)
    fill(storage.bytes.bindMemory(to: Element.self))
    self.init(type, storage: storage)
  }

  /// A tensor of zeros.
  public init(zeros type: TensorType) {
    self.init(type, storage: TensorStorage(zeroed: type.byteCount))
  }

  /// Calls `body` with the bytes of the elements.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(rebasing: storage.bytes[..<type.byteCount]))
  }

  /// Calls `body` with the elements, whose type must be this tensor's.
  public func withElements<Element: TensorElement, Result, Failure: Error>(
    as element: Element.Type,
    _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      elementType == Element.elementType,
      "elements are \(elementType.rawValue), not \(Element.elementType.rawValue)")
    defer { withExtendedLifetime(storage) {} }
    let bytes = UnsafeRawBufferPointer(rebasing: storage.bytes[..<type.byteCount])
    return try body(bytes.assumingMemoryBound(to: Element.self))
  }

  /// A copy of the elements, whose type must be this tensor's.
  public func elements<Element: TensorElement>(as element: Element.Type) -> [Element] {
    withElements(as: element) { Array($0) }
  }

  /// The same elements under another shape of as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(
      shape.elementCount == self.shape.elementCount,
      "shape \(shape) cannot hold the elements of \(self.shape)")
    return Tensor(TensorType(shape, elementType), storage: storage)
  }
}

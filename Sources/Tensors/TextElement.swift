/// One element of a tensor of strings: the place of its UTF-8, which whoever holds the tensor keeps.
///
/// The bytes are any bytes, as TensorFlow's strings are.
package struct TextElement: TensorElement, @unchecked Sendable {
  /// Strings.
  package static var elementType: ElementType { .string }
  /// Where the bytes begin; nil where there are none.
  package let start: UnsafePointer<UInt8>?
  /// How many they are.
  package let count: Int

  /// An element over bytes that somebody keeps.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    start = bytes.baseAddress
    count = bytes.count
  }

  /// The bytes.
  package var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: count)
  }

  /// The text; bytes that are no UTF-8 are replaced.
  package var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension Tensor {
  /// A tensor of strings in row-major order; there must be as many as the shape takes.
  public init(_ shape: Shape, _ strings: [String]) {
    precondition(
      strings.count == shape.elementCount,
      "\(strings.count) strings given, shape \(shape) takes \(shape.elementCount)")
    self.init(shape, textLengths: strings.map(\.utf8.count)) { index, bytes in
      _ = bytes.initialize(fromContentsOf: strings[index].utf8)
    }
  }

  /// A copy of texts that somebody else keeps.
  package init(_ shape: Shape, texts: UnsafeBufferPointer<TextElement>) {
    self.init(shape, textLengths: texts.map(\.count)) { index, bytes in
      _ = bytes.initialize(fromContentsOf: texts[index].bytes)
    }
  }

  /// A tensor of strings of the given lengths, whose bytes `write` gives one by one.
  ///
  /// The bytes stand behind the elements in one piece of storage.
  package init(
    _ shape: Shape, textLengths lengths: [Int],
    write: (Int, UnsafeMutableBufferPointer<UInt8>) -> Void
  ) {
    let type = TensorType(shape, .string)
    let storage = TensorStorage(uninitialized: lengths.reduce(type.byteCount, +))
    let table = UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<type.byteCount])
      .bindMemory(to: TextElement.self)
    var offset = type.byteCount
    for (index, length) in lengths.enumerated() {
      let bytes = UnsafeMutableRawBufferPointer(rebasing: storage.bytes[offset..<(offset + length)])
        .bindMemory(to: UInt8.self)
      write(index, bytes)
      table.initializeElement(at: index, to: TextElement(UnsafeBufferPointer(bytes)))
      offset += length
    }
    self.init(type, storage: storage)
  }

  /// The elements, which must be strings; bytes that are no UTF-8 are replaced.
  public var strings: [String] { withElements(as: TextElement.self) { $0.map(\.string) } }
}

extension Tensor {
  /// The strings as rows of bytes, zeros behind each of them: (…, the longest's bytes).
  package var stringBytes: Tensor {
    withElements(as: TextElement.self) { texts in
      let width = max(texts.lazy.map(\.count).max() ?? 1, 1)
      return Tensor(Shape(shape.dimensions + [width]), UInt8.self) { bytes in
        bytes.initialize(repeating: 0)
        for (index, text) in texts.enumerated() {
          for (place, byte) in text.bytes.enumerated() { bytes[index * width + place] = byte }
        }
      }
    }
  }

  /// The strings that ``stringBytes`` gave; nil where the tensor has another form.
  package init?(stringBytes bytes: Tensor) {
    guard bytes.elementType == .uint8, let width = bytes.shape.dimensions.last, width > 0 else {
      return nil
    }
    let elements = NumPyHeader.Elements(type: .string, width: width, isSwapped: false)
    let shape = Shape(Array(bytes.shape.dimensions.dropLast()))
    self = bytes.withBytes { NumPyText(elements, isFortranOrder: false).tensor(shape, $0) }
  }
}

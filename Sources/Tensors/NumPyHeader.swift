/// What the header of a `.npy` file says.
package struct NumPyHeader: Equatable {
  /// The type of the elements as NumPy writes it, such as `<f4`.
  package var descr: String
  /// Whether the first axis moves fastest.
  package var isFortranOrder: Bool
  /// The size of each axis.
  package var sizes: [Int]
  /// Where the elements begin.
  package var dataOffset: Int

  /// A header that says the given.
  package init(descr: String, isFortranOrder: Bool, sizes: [Int], dataOffset: Int) {
    self.descr = descr
    self.isFortranOrder = isFortranOrder
    self.sizes = sizes
    self.dataOffset = dataOffset
  }

  /// Reads the header at the start of a file.
  package init(_ bytes: UnsafeRawBufferPointer) throws(NumPyError) {
    guard bytes.count >= 8, bytes.prefix(6).elementsEqual(Self.magic) else { throw .notNumPy }
    let (major, minor) = (Int(bytes[6]), Int(bytes[7]))
    guard (1...3).contains(major), minor == 0 else {
      throw .unsupportedVersion(major: major, minor: minor)
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else {
      throw .truncatedHeader(expected: start, found: bytes.count)
    }
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard bytes.count - start >= length else {
      throw .truncatedHeader(expected: start + length, found: bytes.count)
    }
    dataOffset = start + length
    var fields = NumPyHeaderFields(bytes[start..<dataOffset])
    (descr, isFortranOrder, sizes) = try fields.read()
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// How the elements are stored.
  struct Elements: Equatable {
    var type: ElementType
    /// The bytes of one element.
    var width: Int
    /// Whether the bytes are not in this machine's order.
    var isSwapped: Bool
    /// Whether strings are code points of four bytes each, not bytes.
    var areCodePoints = false
  }

  /// How the elements are stored.
  func elements() throws(NumPyError) -> Elements {
    let order = descr.first
    let code = String(descr.dropFirst())
    guard let order, "<>|=".contains(order) else { throw .unsupportedType(descr) }
    if code.hasPrefix("U") || code.hasPrefix("S") {
      let areCodePoints = code.hasPrefix("U")
      guard let length = Int(code.dropFirst()), (1...Self.longestText).contains(length) else {
        throw .unsupportedType(descr)
      }
      return Elements(
        type: .string, width: areCodePoints ? 4 * length : length, isSwapped: order == ">",
        areCodePoints: areCodePoints)
    }
    if code.hasPrefix("O") { throw .objectElements }
    guard let type = Self.types[code] else { throw .unsupportedType(descr) }
    let width = type.byteCount
    return Elements(type: type, width: width, isSwapped: order == ">" && width > 1)
  }

  private static let longestText = 1 << 28

  /// The elements' types by NumPy's codes; bfloat16 is saved by Python as two bytes of no type.
  private static let types: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "V2": .bfloat16, "i1": .int8, "i2": .int16,
    "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
    "b1": .bool,
  ]

  /// NumPy's code for a type of elements in this machine's byte order.
  static func descr(of type: ElementType) -> String {
    let code = types.first { $0.value == type }?.key ?? ""
    return (type.byteCount == 1 ? "|" : "<") + code
  }
}

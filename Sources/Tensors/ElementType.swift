/// The type of a tensor's elements, spelled as NumPy and Keras spell it.
public enum ElementType: String, Codable, CaseIterable, Sendable {
  /// IEEE 754 single precision.
  case float32
  /// IEEE 754 double precision.
  case float64
  /// IEEE 754 half precision.
  case float16
  /// The upper half of a single-precision number.
  case bfloat16
  /// 8-bit two's complement.
  case int8
  /// 16-bit two's complement.
  case int16
  /// 32-bit two's complement.
  case int32
  /// 64-bit two's complement.
  case int64
  /// 8-bit unsigned.
  case uint8
  /// 16-bit unsigned.
  case uint16
  /// 32-bit unsigned.
  case uint32
  /// 64-bit unsigned.
  case uint64
  /// One byte, 0 or 1.
  case bool
  /// Text: the place of its UTF-8.
  case string

  /// The bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    case .string: MemoryLayout<TextElement>.stride
    }
  }

  /// The types whose elements are numbers or truth values: all but strings.
  public static let numeric = allCases.filter { $0 != .string }

  /// Whether elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }
}

/// A Swift type whose values are a tensor's elements.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type that holds values of this type.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// Single precision.
  public static var elementType: ElementType { .float32 }
}

extension Double: TensorElement {
  /// Double precision.
  public static var elementType: ElementType { .float64 }
}

extension Int8: TensorElement {
  /// Signed, 8 bits.
  public static var elementType: ElementType { .int8 }
}

extension Int16: TensorElement {
  /// Signed, 16 bits.
  public static var elementType: ElementType { .int16 }
}

extension Int32: TensorElement {
  /// Signed, 32 bits.
  public static var elementType: ElementType { .int32 }
}

extension Int64: TensorElement {
  /// Signed, 64 bits.
  public static var elementType: ElementType { .int64 }
}

extension UInt8: TensorElement {
  /// Unsigned, 8 bits.
  public static var elementType: ElementType { .uint8 }
}

extension UInt16: TensorElement {
  /// Unsigned, 16 bits.
  public static var elementType: ElementType { .uint16 }
}

extension UInt32: TensorElement {
  /// Unsigned, 32 bits.
  public static var elementType: ElementType { .uint32 }
}

extension UInt64: TensorElement {
  /// Unsigned, 64 bits.
  public static var elementType: ElementType { .uint64 }
}

extension Bool: TensorElement {
  /// One byte, 0 or 1.
  public static var elementType: ElementType { .bool }
}

/// The type of a dataset's elements, as they lie in memory after reading.
public enum HDF5ElementType: UInt8, Sendable, CaseIterable {
  /// Integers of every width. Odd widths in the file are read as the next wider one.
  case int8 = 0
  /// 16 bits, signed.
  case int16 = 1
  /// 32 bits, signed.
  case int32 = 2
  /// 64 bits, signed.
  case int64 = 3
  /// 8 bits, unsigned.
  case uint8 = 4
  /// 16 bits, unsigned.
  case uint16 = 5
  /// 32 bits, unsigned.
  case uint32 = 6
  /// 64 bits, unsigned.
  case uint64 = 7
  /// IEEE half precision.
  case float16 = 8
  /// The upper half of a float32. Files hold it as two opaque bytes, without any marker.
  case bfloat16 = 9
  /// IEEE single precision; also what narrower unusual formats are read as.
  case float32 = 10
  /// IEEE double precision; also what wider formats are rounded to.
  case float64 = 11
  /// One byte, 0 or 1; files hold an enumeration of FALSE and TRUE.
  case bool = 12
  /// Text of any length.
  case string = 13

  /// The bytes of one element; 0 for strings, which have no fixed size.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    case .string: 0
    }
  }
}

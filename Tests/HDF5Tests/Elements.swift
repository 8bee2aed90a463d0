import HDF5

/// Compares what was read with what JSON says, bit by bit.
enum Elements {
  static func match(_ dataset: HDF5Dataset, _ expected: [Scalar]) throws -> Bool {
    guard dataset.count == expected.count else { return false }
    func integers<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> Bool {
      try elements(of: dataset, T.self).elementsEqual(expected) { value, scalar in
        scalar.integer.map { value == $0 } ?? scalar.unsigned.map { value == $0 } ?? false
      }
    }
    func floats<T: BitwiseCopyable>(_: T.Type, _ value: (T) -> Double) throws -> Bool {
      try elements(of: dataset, T.self).elementsEqual(expected) { element, scalar in
        same(value(element), scalar.float)
      }
    }
    switch dataset.elementType {
    case .int8: return try integers(Int8.self)
    case .int16: return try integers(Int16.self)
    case .int32: return try integers(Int32.self)
    case .int64: return try integers(Int64.self)
    case .uint8: return try integers(UInt8.self)
    case .uint16: return try integers(UInt16.self)
    case .uint32: return try integers(UInt32.self)
    case .uint64: return try integers(UInt64.self)
    case .float16: return try floats(UInt16.self) { half($0) }
    case .bfloat16: return try floats(UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .float32: return try floats(Float.self) { Double($0) }
    case .float64: return try floats(Double.self) { $0 }
    case .bool:
      return try elements(of: dataset, UInt8.self).map { $0 == 1 } == expected.map(\.bool)
    case .string: return try dataset.strings() == expected.map(\.text)
    }
  }

  static func match(_ values: HDF5Attribute.Values, _ expected: [Scalar]) -> Bool {
    switch values {
    case .strings(let strings): strings == expected.map(\.text)
    case .integers(let integers): integers == expected.map(\.integer)
    case .floats(let floats): floats.elementsEqual(expected) { same($0, $1.float) }
    case .bools(let bools): bools == expected.map(\.bool)
    case .unavailable: false
    }
  }

  private static func elements<T: BitwiseCopyable>(
    of dataset: HDF5Dataset, _: T.Type
  ) throws -> [T] {
    try dataset.withBytes { bytes in
      (0..<dataset.count).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
      }
    }
  }

  private static func same(_ value: Double, _ expected: Double?) -> Bool {
    guard let expected else { return false }
    return value.isNaN ? expected.isNaN : value.bitPattern == expected.bitPattern
  }

  /// Half precision by its definition: 5 bits of exponent, 10 of significand.
  private static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let significand = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * significand * 0x1p-14
    case 31: return significand == 0 ? sign * .infinity : .nan
    default:
      return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + significand)
    }
  }
}

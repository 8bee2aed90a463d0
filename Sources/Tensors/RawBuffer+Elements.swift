extension UnsafeMutableRawBufferPointer {
  /// Writes double-precision numbers as elements of another type.
  func write(_ numbers: [Double], as type: ElementType) {
    func integers<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) {
      store(numbers) { T(clampingNaNToZero: $0) }
    }
    switch type {
    case .float64: store(numbers) { $0 }
    case .float32: store(numbers) { Float($0) }
    case .float16, .bfloat16:
      let rounded = Tensor([numbers.count], numbers.map(roundedToOdd)).converted(to: type)
      rounded.withBytes { copyMemory(from: $0) }
    case .int8: integers(Int8.self)
    case .int16: integers(Int16.self)
    case .int32: integers(Int32.self)
    case .int64: integers(Int64.self)
    case .uint8: integers(UInt8.self)
    case .uint16: integers(UInt16.self)
    case .uint32: integers(UInt32.self)
    case .uint64: integers(UInt64.self)
    case .bool: store(numbers) { $0 != 0 }
    case .string: preconditionFailure("strings are no numbers")
    }
  }

  /// Writes integers as elements of another integer type, keeping the low bits.
  func write(_ numbers: [Int64], as type: ElementType) {
    func integers<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) {
      store(numbers) { T(truncatingIfNeeded: $0) }
    }
    switch type {
    case .int8: integers(Int8.self)
    case .int16: integers(Int16.self)
    case .int32: integers(Int32.self)
    case .int64: integers(Int64.self)
    case .uint8: integers(UInt8.self)
    case .uint16: integers(UInt16.self)
    case .uint32: integers(UInt32.self)
    case .uint64: integers(UInt64.self)
    case .bool: store(numbers) { $0 != 0 }
    case .float16, .bfloat16, .float32, .float64, .string:
      preconditionFailure("\(type.rawValue) is no integer type")
    }
  }

  private func store<From, To: BitwiseCopyable>(_ numbers: [From], _ convert: (From) -> To) {
    let target = bindMemory(to: To.self)
    for index in numbers.indices { target[index] = convert(numbers[index]) }
  }
}

extension FixedWidthInteger {
  /// A number truncated towards zero; the nearest of the type's where it has none such, 0 for NaN.
  fileprivate init(clampingNaNToZero value: Double) {
    if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value > 0 ? .max : value < 0 ? .min : 0
    }
  }
}

extension Tensor {
  /// The same numbers as elements of another type, converted as NumPy's `astype` does.
  ///
  /// Floating-point numbers are truncated towards zero on their way to integers; those outside the
  /// range of the integers become the nearest of them, and NaN becomes 0. Integers wrap around.
  /// Anything but 0 is true. Strings and numbers cannot be converted to one another.
  public func converted(to target: ElementType) -> Tensor {
    if target == elementType { return self }
    if target == .float32 { return floats() }
    if elementType == .float32, target == .float16 || target == .bfloat16 {
      return Tensor(TensorType(shape, target)) { bytes in
        withElements(as: Float.self) { Self.writeHalves($0, as: target, into: bytes) }
      }
    }
    if elementType.isFloatingPoint || target.isFloatingPoint {
      return Tensor(TensorType(shape, target)) { bytes in
        bytes.write(doubles(), as: target)
      }
    }
    return Tensor(TensorType(shape, target)) { bytes in
      bytes.write(integers(), as: target)
    }
  }

  /// A tensor of any element type, whose bytes `fill` writes, all of them.
  private init(_ type: TensorType, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let storage = TensorStorage(uninitialized: type.byteCount)
    fill(storage.bytes)
    self.init(type, storage: storage)
  }

  private func floats() -> Tensor {
    Tensor(shape, Float.self) { floats in
      withBytes { bytes in
        guard let from = bytes.baseAddress, let to = floats.baseAddress else { return }
        CPUKernels.active.convertToFloat(elementType, count: floats.count, from, into: to)
      }
    }
  }

  private static func writeHalves(
    _ floats: UnsafeBufferPointer<Float>, as target: ElementType,
    into bytes: UnsafeMutableRawBufferPointer
  ) {
    let halves = bytes.bindMemory(to: UInt16.self)
    guard let from = floats.baseAddress, let to = halves.baseAddress else { return }
    CPUKernels.active.convertToHalf(target, count: floats.count, from, into: to)
  }

  /// The elements as double-precision numbers, whatever their type.
  package func doubles() -> [Double] {
    switch elementType {
    case .float64: elements(as: Double.self)
    case .float32: withElements(as: Float.self) { $0.map(Double.init) }
    case .float16, .bfloat16: floats().doubles()
    case .uint64: withElements(as: UInt64.self) { $0.map { Double($0) } }
    default: integers().map { Double($0) }
    }
  }

  /// The elements of an integer type as 64 bits in two's complement.
  private func integers() -> [Int64] {
    func widened<T: FixedWidthInteger & TensorElement>(_ type: T.Type) -> [Int64] {
      withElements(as: type) { $0.map { Int64(truncatingIfNeeded: $0) } }
    }
    return switch elementType {
    case .int8: widened(Int8.self)
    case .int16: widened(Int16.self)
    case .int32: widened(Int32.self)
    case .int64: widened(Int64.self)
    case .uint8: widened(UInt8.self)
    case .uint16: widened(UInt16.self)
    case .uint32: widened(UInt32.self)
    case .uint64: widened(UInt64.self)
    case .bool: withBytes { $0.map { $0 == 0 ? 0 : 1 } }
    case .float16, .bfloat16, .float32, .float64, .string:
      preconditionFailure("\(elementType.rawValue) is no integer type")
    }
  }
}

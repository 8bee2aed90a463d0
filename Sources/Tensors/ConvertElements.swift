import CKernels

/// y[i] = x[i] as an element of another type, without allocating.
///
/// As TensorFlow does on x86: floating-point numbers are truncated towards zero to 32 bits, or to 64
/// for wider types, of which NaN and what lies outside become the least. Of those a smaller type
/// takes the nearest that it has, in whole blocks of 32 elements; the last ones wrap around, as
/// integers do. Anything but 0 is true. Targets are single and double precision, integers and truth
/// values.
package func convertElements(
  _ count: Int, _ x: UnsafeRawPointer, _ from: ElementType, _ y: UnsafeMutableRawPointer,
  _ to: ElementType
) {
  switch to {
  case .int8: convertToIntegers(count, x, from, y.assumingMemoryBound(to: Int8.self))
  case .int16: convertToIntegers(count, x, from, y.assumingMemoryBound(to: Int16.self))
  case .uint8: convertToIntegers(count, x, from, y.assumingMemoryBound(to: UInt8.self))
  case .uint16: convertToIntegers(count, x, from, y.assumingMemoryBound(to: UInt16.self))
  case .int32: convertToIntegers(count, x, from, y.assumingMemoryBound(to: Int32.self))
  case .int64: convertToIntegers(count, x, from, y.assumingMemoryBound(to: Int64.self))
  case .float32:
    if from == .float32 {
      y.copyMemory(from: x, byteCount: count * 4)
    } else {
      let type = Int32(bitPattern: from.c.rawValue)
      CPUKernels.active.table.pointee.to_float(
        type, count, x, y.assumingMemoryBound(to: Float.self))
    }
  case .float64: convertToDoubles(count, x, from, y.assumingMemoryBound(to: Double.self))
  case .uint32: convertToIntegers(count, x, from, y.assumingMemoryBound(to: UInt32.self))
  case .uint64: convertToIntegers(count, x, from, y.assumingMemoryBound(to: UInt64.self))
  case .bool: convertToTruthValues(count, x, from, y.assumingMemoryBound(to: Bool.self))
  default: preconditionFailure("no layer takes elements of type \(to.rawValue)")
  }
}

private func convertToIntegers<Target: FixedWidthInteger>(
  _ count: Int, _ x: UnsafeRawPointer, _ from: ElementType, _ y: UnsafeMutablePointer<Target>
) {
  func wrap<Source: FixedWidthInteger>(_ type: Source.Type) {
    let x = x.assumingMemoryBound(to: type)
    for index in 0..<count { y[index] = Target(truncatingIfNeeded: x[index]) }
  }
  func truncate<Source: BinaryFloatingPoint>(_ type: Source.Type) {
    let x = x.assumingMemoryBound(to: type)
    let blocks = count / 32 * 32
    for index in 0..<count {
      let value = x[index].rounded(.towardZero)
      if Target.bitWidth == 64 {
        y[index] = Target(truncatingIfNeeded: Int64(exactly: value) ?? .min)
      } else if Target.self == UInt32.self {
        y[index] = Target(truncatingIfNeeded: Int64(exactly: value) ?? Int64(Int32.min))
      } else {
        let whole = Int32(exactly: value) ?? .min
        y[index] = index < blocks ? Target(clamping: whole) : Target(truncatingIfNeeded: whole)
      }
    }
  }
  switch from {
  case .int8: wrap(Int8.self)
  case .int16: wrap(Int16.self)
  case .int32: wrap(Int32.self)
  case .int64: wrap(Int64.self)
  case .uint8, .bool: wrap(UInt8.self)
  case .uint16: wrap(UInt16.self)
  case .uint32: wrap(UInt32.self)
  case .uint64: wrap(UInt64.self)
  case .float32: truncate(Float.self)
  case .float64: truncate(Double.self)
  case .float16, .bfloat16, .string:
    preconditionFailure("a graph's numbers are never \(from.rawValue)")
  }
}

private func convertToTruthValues(
  _ count: Int, _ x: UnsafeRawPointer, _ from: ElementType, _ y: UnsafeMutablePointer<Bool>
) {
  func compare<Source: Numeric>(_ type: Source.Type) {
    let x = x.assumingMemoryBound(to: type)
    for index in 0..<count { y[index] = x[index] != 0 }
  }
  switch from {
  case .int8, .uint8, .bool: compare(UInt8.self)
  case .int16, .uint16: compare(UInt16.self)
  case .int32, .uint32: compare(UInt32.self)
  case .int64, .uint64: compare(UInt64.self)
  case .float32: compare(Float.self)
  case .float64: compare(Double.self)
  case .float16, .bfloat16, .string:
    preconditionFailure("a graph's numbers are never \(from.rawValue)")
  }
}

private func convertToDoubles(
  _ count: Int, _ x: UnsafeRawPointer, _ from: ElementType, _ y: UnsafeMutablePointer<Double>
) {
  func widen<Source: BinaryInteger>(_ type: Source.Type) {
    let x = x.assumingMemoryBound(to: type)
    for index in 0..<count { y[index] = Double(x[index]) }
  }
  switch from {
  case .int8: widen(Int8.self)
  case .int16: widen(Int16.self)
  case .int32: widen(Int32.self)
  case .int64: widen(Int64.self)
  case .uint8, .bool: widen(UInt8.self)
  case .uint16: widen(UInt16.self)
  case .uint32: widen(UInt32.self)
  case .uint64: widen(UInt64.self)
  case .float32:
    let x = x.assumingMemoryBound(to: Float.self)
    for index in 0..<count { y[index] = Double(x[index]) }
  case .float64: y.update(from: x.assumingMemoryBound(to: Double.self), count: count)
  case .float16, .bfloat16, .string:
    preconditionFailure("a graph's numbers are never \(from.rawValue)")
  }
}

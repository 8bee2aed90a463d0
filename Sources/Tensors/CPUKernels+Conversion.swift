import CKernels

extension CPUKernels {
  /// Converts elements of any type but float32 to float32.
  package func convertToFloat(
    _ type: ElementType, count: Int, _ x: UnsafeRawPointer, into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.to_float(Int32(bitPattern: type.c.rawValue), count, x, y)
  }

  /// Rounds numbers to the nearest of float16 or bfloat16, ties to even.
  package func convertToHalf(
    _ type: ElementType, count: Int, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<UInt16>
  ) {
    precondition(type == .float16 || type == .bfloat16, "\(type.rawValue) is no half precision")
    table.pointee.to_half(Int32(bitPattern: type.c.rawValue), count, x, y)
  }

  /// y[i] = x[i] rounded to what float16 or bfloat16 holds; `y` may be `x`.
  package func roundToHalf(
    _ type: ElementType, count: Int, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    let part = 1024
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: part) { halves in
      guard let halves = halves.baseAddress else { return }
      for start in stride(from: 0, to: count, by: part) {
        let length = min(part, count - start)
        convertToHalf(type, count: length, x + start, into: halves)
        convertToFloat(type, count: length, halves, into: y + start)
      }
    }
  }
}

extension ElementType {
  /// The type as the kernels call it.
  ///
  /// Float32 itself has no name there, and bool is a byte.
  var c: ck_element_type {
    switch self {
    case .float16: CK_FLOAT16
    case .bfloat16: CK_BFLOAT16
    case .float64: CK_FLOAT64
    case .int8: CK_INT8
    case .int16: CK_INT16
    case .int32: CK_INT32
    case .int64: CK_INT64
    case .uint8, .bool: CK_UINT8
    case .uint16: CK_UINT16
    case .uint32: CK_UINT32
    case .uint64: CK_UINT64
    case .float32: preconditionFailure("float32 needs no conversion")
    case .string: preconditionFailure("strings are no numbers")
    }
  }
}

import CHDF5

extension OpenType {
  /// The type of `element` in memory, into which the library converts what it reads.
  ///
  /// Types that it must not convert, truth values and opaque bytes, are read as `file` has them.
  static func inMemory(
    _ element: HDF5ElementType, file: borrowing OpenType
  ) throws(Problem) -> OpenType {
    switch element {
    case .int8: return try copy(chdf5_native_int8())
    case .int16: return try copy(chdf5_native_int16())
    case .int32: return try copy(chdf5_native_int32())
    case .int64: return try copy(chdf5_native_int64())
    case .uint8: return try copy(chdf5_native_uint8())
    case .uint16: return try copy(chdf5_native_uint16())
    case .uint32: return try copy(chdf5_native_uint32())
    case .uint64: return try copy(chdf5_native_uint64())
    case .float16: return try halfPrecision(exponent: 5, mantissa: 10)
    case .bfloat16 where H5Tget_class(file.id) == H5T_FLOAT:
      return try halfPrecision(exponent: 8, mantissa: 7)
    case .float32: return try copy(chdf5_native_float())
    case .float64: return try copy(chdf5_native_double())
    case .bfloat16, .bool, .string: return try copy(file.id)
    }
  }

  /// The type of strings in memory: pointers to C strings, or the bytes as `file` has them.
  static func inMemory(
    _ layout: StringLayout, file: borrowing OpenType
  ) throws(Problem) -> OpenType {
    guard case .variable(let utf8) = layout else { return try copy(file.id) }
    let type = try copy(chdf5_c_string())
    try Library.check(H5Tset_size(type.id, chdf5_variable_length()), "prepare the strings' type")
    let set = utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII
    try Library.check(H5Tset_cset(type.id, set), "prepare the strings' type")
    return type
  }

  private static func copy(_ id: hid_t) throws(Problem) -> OpenType {
    OpenType(try Handle(H5Tcopy(id), closedBy: H5Tclose, "prepare the type in memory"))
  }

  /// A format of 16 bits: the library has no name for one, so that it is cut from float32.
  private static func halfPrecision(exponent: Int, mantissa: Int) throws(Problem) -> OpenType {
    let type = try copy(chdf5_native_float())
    let action = "prepare the half-precision type"
    try Library.check(H5Tset_fields(type.id, 15, mantissa, exponent, 0, mantissa), action)
    try Library.check(H5Tset_precision(type.id, 16), action)
    try Library.check(H5Tset_size(type.id, 2), action)
    try Library.check(H5Tset_ebias(type.id, 1 << (exponent - 1) - 1), action)
    return type
  }
}

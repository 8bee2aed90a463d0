import CHDF5

/// The type of a file's elements, as the file tells it.
struct OpenType: ~Copyable {
  /// What elements of this type are read as.
  enum Elements {
    case numbers(HDF5ElementType)
    case strings(StringLayout)
  }

  private let handle: Handle

  init(_ handle: consuming Handle) {
    self.handle = handle
  }

  var id: hid_t { handle.id }

  /// The bytes of one element.
  func size() throws(Problem) -> Int {
    let size = H5Tget_size(id)
    guard size > 0 else { throw Library.failure("read the size of the type") }
    return size
  }

  /// What elements of this type are read as; throws for types that are not read.
  func elements() throws(Problem) -> Elements {
    switch H5Tget_class(id) {
    case H5T_INTEGER: return .numbers(try integer())
    case H5T_FLOAT: return .numbers(try floatingPoint())
    case H5T_ENUM: return .numbers(try isBool() ? .bool : underlying().integer())
    case H5T_STRING: return .strings(try stringLayout())
    case H5T_OPAQUE where try size() == 2: return .numbers(.bfloat16)
    case H5T_OPAQUE: throw unsupported("opaque elements of \(try size()) bytes")
    case H5T_COMPOUND: throw unsupported("compound elements")
    case H5T_REFERENCE: throw unsupported("references")
    case H5T_VLEN: throw unsupported("elements of variable length")
    case H5T_ARRAY: throw unsupported("elements that are arrays")
    case H5T_BITFIELD: throw unsupported("bit fields")
    case H5T_TIME: throw unsupported("times")
    default: throw Library.failure("read the type")
    }
  }

  private func integer() throws(Problem) -> HDF5ElementType {
    let signed = H5Tget_sign(id) != H5T_SGN_NONE
    switch try size() {
    case 1: return signed ? .int8 : .uint8
    case 2: return signed ? .int16 : .uint16
    case 3...4: return signed ? .int32 : .uint32
    case 5...8: return signed ? .int64 : .uint64
    case let size: throw unsupported("integers of \(size) bytes")
    }
  }

  /// The narrowest type that holds every value; double precision for anything wider.
  private func floatingPoint() throws(Problem) -> HDF5ElementType {
    var sign = 0
    var exponentPosition = 0
    var exponent = 0
    var mantissaPosition = 0
    var mantissa = 0
    try Library.check(
      H5Tget_fields(id, &sign, &exponentPosition, &exponent, &mantissaPosition, &mantissa),
      "read the floating-point format")
    switch (exponent, mantissa, try size()) {
    case (5, 10, 2): return .float16
    case (8, 7, 2): return .bfloat16
    case (...8, ...23, _): return .float32
    default: return .float64
    }
  }

  private func isBool() throws(Problem) -> Bool {
    guard try size() == 1, H5Tget_nmembers(id) == 2 else { return false }
    let no = try member(0)
    let yes = try member(1)
    return no == ("FALSE", 0) && yes == ("TRUE", 1)
  }

  private func member(_ position: UInt32) throws(Problem) -> (String, UInt8) {
    guard let name = H5Tget_member_name(id, position) else {
      throw Library.failure("read the enumeration")
    }
    defer { _ = H5free_memory(name) }
    var value: UInt8 = 0
    try Library.check(H5Tget_member_value(id, position, &value), "read the enumeration")
    return (String(cString: name), value)
  }

  private func underlying() throws(Problem) -> OpenType {
    OpenType(try Handle(H5Tget_super(id), closedBy: H5Tclose, "read the enumeration's type"))
  }

  private func stringLayout() throws(Problem) -> StringLayout {
    let variable = try Library.check(H5Tis_variable_str(id), "read the type of the strings")
    if variable > 0 { return .variable(utf8: H5Tget_cset(id) == H5T_CSET_UTF8) }
    let padding: StringLayout.Padding =
      switch H5Tget_strpad(id) {
      case H5T_STR_NULLPAD: .nulls
      case H5T_STR_SPACEPAD: .spaces
      default: .terminator
      }
    return .fixed(size: try size(), padding)
  }

  private func unsupported(_ what: String) -> Problem {
    Problem(.unsupported, "\(what) are not supported")
  }
}

import CHDF5

/// An attribute that is open.
struct OpenAttribute: ~Copyable {
  private let handle: Handle

  init(_ handle: consuming Handle) {
    self.handle = handle
  }

  func type() throws(Problem) -> OpenType {
    OpenType(
      try Handle(H5Aget_type(handle.id), closedBy: H5Tclose, "read the attribute's type"))
  }

  func shape() throws(Problem) -> [Int] {
    try Extents.read(space())
  }

  /// Reads every element into `buffer` as elements of `type`.
  func read(_ type: borrowing OpenType, into buffer: UnsafeMutableRawPointer) throws(Problem) {
    try Library.check(H5Aread(handle.id, type.id, buffer), "read the attribute")
  }

  /// Frees what the library allocated for elements of variable length.
  func reclaim(_ type: borrowing OpenType, in buffer: UnsafeMutableRawPointer) throws(Problem) {
    let space = try space()
    try Library.check(
      H5Dvlen_reclaim(type.id, space.id, chdf5_default_properties(), buffer),
      "free the attribute's strings")
  }

  private func space() throws(Problem) -> Handle {
    try Handle(H5Aget_space(handle.id), closedBy: H5Sclose, "read the attribute's extents")
  }
}

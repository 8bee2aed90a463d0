import CHDF5

/// The extents of an attribute or a dataset.
enum Extents {
  /// What the product of all extents stays under; the bytes of that many elements still fit an
  /// `Int`.
  static let most = 1 << 56

  /// Reads the extents and closes `space`: empty for a scalar, `[0]` for a null space.
  ///
  /// The product of what is returned fits an `Int`.
  static func read(_ space: consuming Handle) throws(Problem) -> [Int] {
    switch H5Sget_simple_extent_type(space.id) {
    case H5S_NULL: return [0]
    case H5S_SCALAR: return []
    case H5S_SIMPLE: break
    default: throw Library.failure("read the extents")
    }
    let rank = try Library.check(H5Sget_simple_extent_ndims(space.id), "read the rank")
    var dimensions = [hsize_t](repeating: 0, count: Int(rank))
    try Library.check(
      H5Sget_simple_extent_dims(space.id, &dimensions, nil), "read the extents")
    return try checked(dimensions)
  }

  /// The extents as `Int`s, none of whose products overflows, with zeros left out of the account.
  private static func checked(_ dimensions: [hsize_t]) throws(Problem) -> [Int] {
    var shape: [Int] = []
    var count = 1
    for dimension in dimensions {
      guard let extent = Int(exactly: dimension) else {
        throw Problem(.refused, "shape \(dimensions) is beyond what memory can hold")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product < most else {
        throw Problem(.refused, "shape \(dimensions) is beyond what memory can hold")
      }
      count = product
      shape.append(extent)
    }
    return shape
  }
}

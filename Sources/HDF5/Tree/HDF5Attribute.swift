/// The value of one attribute: a scalar or an array, of strings or numbers.
public struct HDF5Attribute: Hashable, Sendable {
  /// The elements in row-major order; one for a scalar.
  public enum Values: Hashable, Sendable {
    /// Text, from every encoding that HDF5 has for it. Bytes that are not UTF-8 are repaired.
    case strings([String])
    /// Integers of every width.
    case integers([Int64])
    /// Floating-point numbers of every width.
    case floats([Double])
    /// Truth values.
    case bools([Bool])
    /// A value that cannot be had, and why.
    case unavailable(HDF5Error)
  }

  /// The extents: empty for a scalar, `[0]` for a value without any element.
  public let shape: [Int]
  /// The elements.
  public let values: Values

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// One array of a file: its shape, the type of its elements, and the elements themselves.
public struct HDF5Dataset: Sendable {
  enum Content: Sendable {
    case numbers(HDF5Bytes)
    case strings([String])
  }

  /// The file, as the caller named it.
  public let file: String
  /// The absolute path inside the file.
  public let path: String
  /// The attributes.
  public let attributes: HDF5Attributes
  /// The extents, outermost first; empty for a scalar, `[0]` for a dataset without any extent.
  public let shape: [Int]
  /// The type of the elements.
  public let elementType: HDF5ElementType
  let content: Content

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The elements of a numeric dataset: row-major, without gaps, in this machine's byte order.
  public func bytes() throws(HDF5Error) -> HDF5Bytes {
    guard case .numbers(let bytes) = content else {
      throw mismatch("expected numbers, found strings")
    }
    return bytes
  }

  /// The elements of a dataset of strings, in row-major order.
  public func strings() throws(HDF5Error) -> [String] {
    guard case .strings(let strings) = content else {
      throw mismatch("expected strings, found elements of type \(elementType)")
    }
    return strings
  }

  /// Calls `body` with the elements of a numeric dataset.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(HDF5Error) -> Result {
    let bytes = try bytes()
    return withExtendedLifetime(bytes) { body(bytes.buffer) }
  }

  private func mismatch(_ reason: String) -> HDF5Error {
    HDF5Error(Problem(.mismatched, reason), file: file, path: path)
  }
}

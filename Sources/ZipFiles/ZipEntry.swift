/// A file in a zip archive.
public struct ZipEntry: Hashable, Sendable {
  /// The file's name with its folders, `/` between them.
  public let name: String
  /// The file's size.
  public let byteCount: Int
  /// The bytes that the file takes in the archive.
  public let compressedByteCount: Int
  let index: UInt64
}

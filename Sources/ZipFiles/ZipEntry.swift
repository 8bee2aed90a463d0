import CZip

/// One file in an archive.
public struct ZipEntry: Hashable, Sendable {
  /// The name, with `/` between folders; never absolute and never with `..`.
  public let name: String
  /// The bytes of the file, as the archive tells.
  public let byteCount: Int
  /// The bytes that it takes in the archive.
  public let compressedByteCount: Int
  let index: UInt64
  let method: Int32
  let isEncrypted: Bool

  init?(_ status: zip_stat_t) {
    let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_INDEX)
    guard status.valid & needed == needed, let name = status.name,
      let byteCount = Int(exactly: status.size),
      let compressedByteCount = Int(exactly: status.comp_size)
    else { return nil }
    self.name = String(cString: name)
    self.byteCount = byteCount
    self.compressedByteCount = compressedByteCount
    index = status.index
    method = Int32(status.comp_method)
    isEncrypted = status.encryption_method != UInt16(ZIP_EM_NONE)
  }

  /// Why the name would lead out of any folder that the archive is unpacked to, if it does.
  var nameProblem: String? {
    if name.isEmpty { return "an entry has no name" }
    if name.hasPrefix("/") || name.contains("\\") || name.dropFirst().hasPrefix(":") {
      return "its name is absolute"
    }
    let isClimbing = name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    return isClimbing ? "its name leads out of the archive" : nil
  }
}

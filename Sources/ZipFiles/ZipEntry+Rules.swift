import CZip

extension ZipEntry {
  /// The most that deflate can make of one byte, and how many bytes a stream is allowed beyond.
  private static let expansion = 1032
  private static let allowance = 64

  /// Why the contents are not read, if they are not, out of an archive of `archiveSize` bytes.
  func contentProblem(archiveSize: Int) -> (ZipError.Kind, String)? {
    if isEncrypted { return (.unsupported, "encrypted entries are not supported") }
    let (size, compressed) = (byteCount, compressedByteCount)
    if size > 4 << 30, size / 100 > compressed {
      return (.refused, "unfolds from \(compressed) to \(size) bytes")
    }
    if compressed > archiveSize {
      return (.damaged, "declares \(compressed) bytes in an archive of \(archiveSize)")
    }
    switch method {
    case ZIP_CM_STORE where size == compressed: return nil
    case ZIP_CM_STORE:
      return (.damaged, "is stored as it is, in \(compressed) bytes instead of \(size)")
    case ZIP_CM_DEFLATE where size / Self.expansion <= compressed + Self.allowance: return nil
    case ZIP_CM_DEFLATE:
      return (.refused, "declares \(size) bytes, more than \(compressed) can unfold to")
    default:
      return (.unsupported, "compression method \(method) is not supported; deflate is")
    }
  }
}

import CZip

extension ZipEntry {
  /// The most that deflate can make of one byte, and what its framing may add.
  private static let expansion: UInt64 = 1032
  private static let allowance: UInt64 = 1024

  /// Why the contents are not read, if they are not.
  var contentProblem: (ZipError.Kind, String)? {
    if isEncrypted { return (.unsupported, "encrypted entries are not supported") }
    if size > 4 << 30, size / 100 > compressedSize {
      return (.refused, "unfolds from \(compressedSize) to \(size) bytes")
    }
    switch method {
    case ZIP_CM_STORE:
      return size == compressedSize
        ? nil : (.damaged, "is stored as it is, in \(compressedSize) bytes instead of \(size)")
    case ZIP_CM_DEFLATE:
      let (most, overflow) = compressedSize.multipliedReportingOverflow(by: Self.expansion)
      return overflow || size <= most + Self.allowance
        ? nil : (.refused, "declares \(size) bytes, more than \(compressedSize) can unfold to")
    default:
      return (.unsupported, "compression method \(method) is not supported; deflate is")
    }
  }
}

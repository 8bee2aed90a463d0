import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SHA256 {
  /// The hash of the files at `paths`, one after the other, as hexadecimal digits.
  static func hexDigest(ofFiles paths: [String]) throws(Failure) -> String {
    var hash = SHA256()
    for path in paths { try hash.update(withFile: path) }
    return hexadecimal(hash.finalize())
  }

  /// Adds the bytes of the file at `path`, read piece by piece.
  private mutating func update(withFile path: String) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .badFile(path, "\(SystemFailure("open"))") }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .badFile(path, "\(SystemFailure("read"))") }
      guard count > 0 else { return }
      update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}

import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SHA256 {
  /// The hash of the file at `path` as hexadecimal digits, read piece by piece.
  static func hexDigest(ofFile path: String) throws(Failure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .badFile(path, "\(SystemFailure("open"))") }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var hash = SHA256()
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .badFile(path, "\(SystemFailure("read"))") }
      guard count > 0 else { return hexadecimal(hash.finalize()) }
      hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}

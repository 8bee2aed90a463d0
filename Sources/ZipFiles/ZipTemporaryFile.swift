#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file without a name, which is gone as soon as this object and every copy of its descriptor
/// are.
public final class ZipTemporaryFile: Sendable {
  /// The open descriptor.
  public let descriptor: Int32

  /// An empty file in the folder for temporary files; nil, with `errno` set, if there can be none.
  init?() {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/keraskit.XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    _ = unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    self.descriptor = descriptor
  }

  deinit {
    _ = close(descriptor)
  }

  /// Writes all of `bytes` behind what is there; false, with `errno` set, if that fails.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

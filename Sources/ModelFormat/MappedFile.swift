#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a file, mapped read-only for as long as this object lives.
///
/// A file that somebody cuts short while it is mapped ends the process when the lost bytes are
/// read; files of this project are therefore replaced by renaming and never written in place.
package final class MappedFile: Sendable {
  /// The bytes, on a page boundary.
  package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path`.
  package init(path: String) throws(SystemFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemFailure("open") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemFailure("read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemFailure("read", reason: "not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw SystemFailure("map") }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    guard let base = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
  }
}

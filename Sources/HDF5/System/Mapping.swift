#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file's bytes in the address space of this process, for as long as this object lives.
final class Mapping: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  /// A view of the first `byteCount` bytes of a file, which nobody changes any more.
  static func reading(_ descriptor: Int32, byteCount: Int) throws(Problem) -> Mapping {
    try Mapping(descriptor, byteCount, PROT_READ, MAP_PRIVATE)
  }

  /// Room for `byteCount` bytes, backed by a file that may still be shorter: bytes beyond its end
  /// must not be touched.
  static func writing(_ descriptor: Int32, byteCount: Int) throws(Problem) -> Mapping {
    try Mapping(descriptor, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE)
  }

  private init(
    _ descriptor: Int32, _ byteCount: Int, _ protection: Int32, _ flags: Int32
  ) throws(Problem) {
    guard let start = mmap(nil, byteCount, protection, flags, descriptor, 0), start != MAP_FAILED
    else { throw Problem(.crashed, "cannot map memory: \(String(cString: strerror(errno)))") }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  deinit {
    _ = munmap(bytes.baseAddress, bytes.count)
  }
}

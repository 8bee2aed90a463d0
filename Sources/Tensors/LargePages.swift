#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension UnsafeMutableRawPointer {
  /// The bytes of a large page where a processor has one.
  package static var largePage: Int { 2 << 20 }

  /// Allocates memory on a 64-byte boundary, to be deallocated as usual.
  ///
  /// What holds a large page is asked for in large pages: they are set up 512 times as fast, and an
  /// address in them is seldom looked up twice.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes.
  ///   - smallPages: The first bytes, which stay in small pages: some large pages' number of them.
  /// - Returns: The memory's first byte.
  package static func allocateAligned(
    byteCount: Int, smallPages: Int = 0
  ) -> UnsafeMutableRawPointer {
    guard byteCount >= largePage else { return allocate(byteCount: byteCount, alignment: 64) }
    let memory = allocate(byteCount: byteCount, alignment: largePage)
    #if os(Linux)
      let end = byteCount / largePage * largePage
      madvise(memory + smallPages, end - smallPages, Int32(MADV_HUGEPAGE))
    #endif
    return memory
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes that tensors share: allocated here on a 64-byte boundary, or owned by somebody else (a
/// mapped file), whom the storage keeps alive.
///
/// The bytes are written before a tensor is made of them and never after, so that storage can be
/// shared among threads.
public final class TensorStorage: @unchecked Sendable {
  /// The bytes; 64-byte aligned where they were allocated here.
  public let bytes: UnsafeMutableRawBufferPointer
  private let owner: AnyObject?
  /// Whether the bytes are a file's, which can be read again.
  private let isMapped: Bool

  /// Storage of its own, its bytes zero.
  public init(zeroed byteCount: Int) {
    bytes = UnsafeMutableRawBufferPointer(
      start: .allocateAligned(byteCount: byteCount), count: byteCount)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    owner = nil
    isMapped = false
  }

  /// Storage of its own, whose bytes the caller must write before they are read.
  public init(uninitialized byteCount: Int) {
    bytes = UnsafeMutableRawBufferPointer(
      start: .allocateAligned(byteCount: byteCount), count: byteCount)
    owner = nil
    isMapped = false
  }

  /// A view of bytes that `owner` keeps valid and unchanged.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - owner: What keeps them.
  ///   - isMapped: Whether they are a private mapping of a file, never written to.
  public init(viewing bytes: UnsafeRawBufferPointer, owner: AnyObject, isMapped: Bool = false) {
    self.bytes = UnsafeMutableRawBufferPointer(mutating: bytes)
    self.owner = owner
    self.isMapped = isMapped
  }

  /// Gives back the memory that a file's bytes take; it is read again where they are used again.
  package func releasePages() {
    guard isMapped, let base = bytes.baseAddress else { return }
    let page = Int(getpagesize())
    let start = UInt(bitPattern: base) / UInt(page) * UInt(page)
    let end = UInt(bitPattern: base) + UInt(bytes.count)
    guard let first = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(first, Int(end - start), Int32(MADV_DONTNEED))
  }

  deinit {
    if owner == nil { bytes.deallocate() }
  }
}

/// Bytes that tensors share: allocated here on a 64-byte boundary, or owned by somebody else (a
/// mapped file), whom the storage keeps alive.
///
/// The bytes are written before a tensor is made of them and never after, so that storage can be
/// shared among threads.
public final class TensorStorage: @unchecked Sendable {
  /// The bytes; 64-byte aligned where they were allocated here.
  public let bytes: UnsafeMutableRawBufferPointer
  private let owner: AnyObject?

  /// Storage of its own, its bytes zero.
  public init(zeroed byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    owner = nil
  }

  /// Storage of its own, whose bytes the caller must write before they are read.
  public init(uninitialized byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    owner = nil
  }

  /// A view of bytes that `owner` keeps valid and unchanged.
  public init(viewing bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.bytes = UnsafeMutableRawBufferPointer(mutating: bytes)
    self.owner = owner
  }

  deinit {
    if owner == nil { bytes.deallocate() }
  }
}

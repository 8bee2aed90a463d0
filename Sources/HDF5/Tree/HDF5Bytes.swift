/// Memory that holds a dataset's elements: allocated for it, or part of a mapping that it keeps
/// alive.
///
/// The bytes are written before anybody outside this module sees them and never after.
public final class HDF5Bytes: @unchecked Sendable {
  /// The bytes, on a 64-byte boundary; valid as long as this object lives.
  public var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
  let memory: UnsafeMutableRawBufferPointer
  private let owner: AnyObject?

  /// Memory of its own, whose bytes the caller must write before they are read.
  init(allocating byteCount: Int) {
    memory = .allocate(byteCount: byteCount, alignment: 64)
    owner = nil
  }

  /// A view of bytes that `owner` keeps valid and unchanged.
  init(viewing memory: UnsafeMutableRawBufferPointer, owner: AnyObject) {
    self.memory = memory
    self.owner = owner
  }

  deinit {
    if owner == nil { memory.deallocate() }
  }
}

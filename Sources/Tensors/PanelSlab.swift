/// Memory that the panels of several matrices share, in large pages.
///
/// A matrix that does not fill a large page would lie in small ones. A processor remembers where
/// some thousand pages are and looks the others up in memory, which takes as long as the products
/// that a panel is read for; and where small pages happen to lie in memory, they may push each other
/// out of a cache that would hold them. What comes first stays in small pages, so that a small model
/// does not take a large page for a few panels.
final class PanelSlab {
  private struct Latest {
    weak var slab: PanelSlab?
  }

  private static let latest = Lock(Latest())
  private static let capacity = 32 << 20
  private static let inSmallPages = 1 << 20

  private let memory: UnsafeMutableRawBufferPointer
  private var used: Int

  /// - Parameter smallPages: The bytes that come first, in small pages; no more than a large page has.
  private init(smallPages: Int) {
    let page = UnsafeMutableRawPointer.largePage
    let start = UnsafeMutableRawPointer.allocateAligned(
      byteCount: Self.capacity, smallPages: smallPages > 0 ? page : 0)
    memory = UnsafeMutableRawBufferPointer(start: start, count: Self.capacity)
    // What lies before them is never touched, and so takes no memory.
    used = smallPages > 0 ? page - smallPages : 0
  }

  deinit { memory.deallocate() }

  /// Storage of so many bytes, which the caller must write before they are read: part of a slab, or
  /// its own where it fills a large page.
  static func storage(byteCount: Int) -> TensorStorage {
    guard byteCount < UnsafeMutableRawPointer.largePage else {
      return TensorStorage(uninitialized: byteCount)
    }
    return latest.withLock { latest in
      if let storage = latest.slab?.piece(byteCount) { return storage }
      let slab = PanelSlab(smallPages: latest.slab == nil ? inSmallPages : 0)
      latest.slab = slab
      return slab.piece(byteCount) ?? TensorStorage(uninitialized: byteCount)
    }
  }

  private func piece(_ byteCount: Int) -> TensorStorage? {
    guard used + byteCount <= memory.count else { return nil }
    let piece = UnsafeRawBufferPointer(memory)[used..<(used + byteCount)]
    used += (byteCount + 63) / 64 * 64
    return TensorStorage(viewing: UnsafeRawBufferPointer(rebasing: piece), owner: self)
  }
}

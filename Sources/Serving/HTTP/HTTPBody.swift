/// The bytes of a request's body, collected piece by piece and then shared.
///
/// Room is kept behind the bytes, so that a parser may read a little beyond them. Nothing is added
/// once a request has been made of the body, which makes it safe to share.
package final class HTTPBody: @unchecked Sendable {
  /// How many bytes behind the body may be read; their values are of no account.
  package static let padding = 64

  /// A body of no bytes.
  package static let empty = HTTPBody()

  private var storage: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  /// An empty body with room for `capacity` bytes.
  package init(capacity: Int = 0) {
    storage = .allocate(byteCount: capacity + Self.padding, alignment: 16)
  }

  /// A body of the given bytes.
  package convenience init(_ bytes: some Collection<UInt8>) {
    self.init(capacity: bytes.count)
    Array(bytes).withUnsafeBytes { append($0) }
  }

  deinit {
    storage.deallocate()
  }

  /// The bytes of the body.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage[..<count])
  }

  /// Adds bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) {
    let needed = count + bytes.count + Self.padding
    if needed > storage.count { grow(to: max(needed, storage.count * 2)) }
    UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  private func grow(to byteCount: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    larger.copyMemory(from: bytes)
    storage.deallocate()
    storage = larger
  }
}

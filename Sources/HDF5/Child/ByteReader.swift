/// Takes a message of ``ByteWriter``'s apart and believes nothing of it.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  static let nonsense = Problem(
    .crashed, "the process that read the file gave an answer that makes no sense")

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(Problem) -> UInt8 {
    try take(1)[0]
  }

  mutating func bits() throws(Problem) -> UInt64 {
    UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
  }

  mutating func number() throws(Problem) -> Int {
    Int(Int64(bitPattern: try bits()))
  }

  /// A number of things that follow, each of which takes at least `size` bytes.
  mutating func count(ofAtLeast size: Int) throws(Problem) -> Int {
    let count = try number()
    guard count >= 0, count <= (bytes.count - position) / size else { throw Self.nonsense }
    return count
  }

  mutating func text() throws(Problem) -> String {
    String(decoding: try take(count(ofAtLeast: 1)), as: UTF8.self)
  }

  private mutating func take(_ count: Int) throws(Problem) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else { throw Self.nonsense }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

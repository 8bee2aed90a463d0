/// A zip archive made by hand, so that any field of it can be wrong.
struct CraftedZip {
  struct Entry {
    var name: String
    var content: [UInt8]
    /// What lies in the archive; the content itself unless told otherwise.
    var stored: [UInt8]?
    var method: UInt16 = 0
    var flags: UInt16 = 0x800
    var checksum: UInt32?
    var size: UInt64?
    var compressedSize: UInt64?
  }

  var entries: [Entry]

  /// The bytes of the archive: entries, the central directory, its end.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let position = UInt32(bytes.count)
      let common = Self.common(entry)
      bytes += Self.number(0x0403_4B50 as UInt32) + common + Array(entry.name.utf8)
      bytes += Self.wideSizes(entry) + (entry.stored ?? entry.content)
      directory += Self.number(0x0201_4B50 as UInt32) + Self.number(45 as UInt16) + common
      directory += [UInt8](repeating: 0, count: 10) + Self.number(position)
      directory += Array(entry.name.utf8) + Self.wideSizes(entry)
    }
    let start = UInt32(bytes.count)
    bytes += directory + Self.number(0x0605_4B50 as UInt32) + [0, 0, 0, 0]
    bytes += Self.number(UInt16(entries.count)) + Self.number(UInt16(entries.count))
    return bytes + Self.number(UInt32(directory.count)) + Self.number(start) + [0, 0]
  }

  /// Content in the form that deflate gives to what it cannot compress.
  static func deflated(_ content: [UInt8]) -> [UInt8] {
    let length = UInt16(content.count)
    return [1] + number(length) + number(~length) + content
  }

  /// The fields that an entry's own header and the directory have in common.
  private static func common(_ entry: Entry) -> [UInt8] {
    let checksum = entry.checksum ?? checksum(of: entry.content)
    let isWide = !wideSizes(entry).isEmpty
    let size = isWide ? UInt32.max : UInt32(size(of: entry))
    let compressedSize = isWide ? UInt32.max : UInt32(compressedSize(of: entry))
    let start = number(45 as UInt16) + number(entry.flags) + number(entry.method) + [0, 0, 0x21, 0]
    let sizes = number(checksum) + number(compressedSize) + number(size)
    let lengths = number(UInt16(entry.name.utf8.count)) + number(UInt16(isWide ? 20 : 0))
    return start + sizes + lengths
  }

  /// The extra field with sizes of 64 bits; empty where 32 suffice.
  private static func wideSizes(_ entry: Entry) -> [UInt8] {
    guard size(of: entry) > UInt64(UInt32.max) else { return [] }
    let sizes = number(size(of: entry)) + number(compressedSize(of: entry))
    return number(1 as UInt16) + number(16 as UInt16) + sizes
  }

  private static func size(of entry: Entry) -> UInt64 {
    entry.size ?? UInt64(entry.content.count)
  }

  private static func compressedSize(of entry: Entry) -> UInt64 {
    entry.compressedSize ?? UInt64((entry.stored ?? entry.content).count)
  }

  private static func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func checksum(of bytes: [UInt8]) -> UInt32 {
    var checksum: UInt32 = ~0
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 {
        let isOdd = checksum & 1 == 1
        checksum >>= 1
        if isOdd { checksum ^= 0xEDB8_8320 }
      }
    }
    return ~checksum
  }
}

import CDeflate

/// A chunk of a PNG file, whose checksum is right.
struct PNGChunk {
  static let header = kind("IHDR")
  static let data = kind("IDAT")
  static let end = kind("IEND")
  static let transparency = kind("tRNS")

  /// The four letters of its kind, the first in the highest byte.
  let kind: UInt32
  /// What it holds.
  let data: UnsafeRawBufferPointer

  /// Takes the first chunk off `bytes`; nil where they do not begin with a whole and sound one.
  init?(first bytes: inout UnsafeRawBufferPointer) {
    guard bytes.count >= 12 else { return nil }
    let count = Int(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard count <= bytes.count - 12 else { return nil }
    let checked = UnsafeRawBufferPointer(rebasing: bytes[4..<(8 + count)])
    let checksum = UInt32(
      bigEndian: bytes.loadUnaligned(fromByteOffset: 8 + count, as: UInt32.self))
    guard libdeflate_crc32(0, checked.baseAddress, checked.count) == checksum else { return nil }
    kind = UInt32(bigEndian: checked.loadUnaligned(as: UInt32.self))
    data = UnsafeRawBufferPointer(rebasing: checked[4...])
    bytes = UnsafeRawBufferPointer(rebasing: bytes[(12 + count)...])
  }

  /// The number in four of its bytes.
  func number(at offset: Int) -> Int {
    Int(UInt32(bigEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// Whether a program may pass over it: its kind is four letters, the first a small one.
  var isAncillary: Bool {
    let letters = withUnsafeBytes(of: kind.bigEndian) { Array($0) }
    return letters[0] & 0x20 != 0
      && letters.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
  }

  private static func kind(_ letters: StaticString) -> UInt32 {
    letters.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }
}

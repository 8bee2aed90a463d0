/// Builds a message of numbers and texts: little-endian, every text preceded by its length.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ byte: UInt8) {
    bytes.append(byte)
  }

  mutating func put(_ number: Int) {
    put(UInt64(bitPattern: Int64(number)))
  }

  mutating func put(_ bits: UInt64) {
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ text: String) {
    put(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }
}

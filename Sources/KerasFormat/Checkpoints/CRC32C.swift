/// The checksum of TensorFlow's and LevelDB's files: CRC-32 by Castagnoli's polynomial, turned and
/// moved so that a checksum of what holds checksums stays one.
///
/// TensorFlow: `tensorflow/core/lib/hash/crc32c.h`, `Mask`.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
  }

  /// The checksum of some bytes, as files hold it.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = ~table.withUnsafeBufferPointer { table in
      bytes.reduce(~0 as UInt32) { crc, byte in
        crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
      }
    }
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}

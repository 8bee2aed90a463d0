/// SipHash-2-4, a hash of bytes under a key of 128 bits.
///
/// Source: <https://www.aumasson.jp/siphash/siphash.pdf>.
struct SipHash {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  /// The hash of some bytes under a key.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>, key: (UInt64, UInt64)) -> UInt64 {
    var state = SipHash(key: key)
    let text = UnsafeRawBufferPointer(bytes)
    let end = text.count / 8 * 8
    for offset in stride(from: 0, to: end, by: 8) {
      state.take(
        UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    var last = UInt64(text.count & 0xff) << 56
    for index in end..<text.count { last |= UInt64(text[index]) << (8 * UInt64(index - end)) }
    state.take(last)
    return state.finished()
  }

  private init(key: (UInt64, UInt64)) {
    v0 = key.0 ^ 0x736f_6d65_7073_6575
    v1 = key.1 ^ 0x646f_7261_6e64_6f6d
    v2 = key.0 ^ 0x6c79_6765_6e65_7261
    v3 = key.1 ^ 0x7465_6462_7974_6573
  }

  private mutating func take(_ word: UInt64) {
    v3 ^= word
    for _ in 0..<2 { mix() }
    v0 ^= word
  }

  private mutating func finished() -> UInt64 {
    v2 ^= 0xff
    for _ in 0..<4 { mix() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  private mutating func mix() {
    func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
    v0 = v0 &+ v1
    v1 = rotated(v1, 13) ^ v0
    v0 = rotated(v0, 32)
    v2 = v2 &+ v3
    v3 = rotated(v3, 16) ^ v2
    v0 = v0 &+ v3
    v3 = rotated(v3, 21) ^ v0
    v2 = v2 &+ v1
    v1 = rotated(v1, 17) ^ v2
    v2 = rotated(v2, 32)
  }
}

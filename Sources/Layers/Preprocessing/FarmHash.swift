/// Google's FarmHash of 64 bits: TensorFlow's fingerprint of a string, which never changes.
///
/// Source: <https://github.com/google/farmhash>, `farmhashna::Hash64`.
enum FarmHash {
  private typealias Pair = (UInt64, UInt64)

  private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
  private static let k1: UInt64 = 0xb492_b66f_be98_f273
  private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f

  /// The fingerprint of some bytes.
  static func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let text = UnsafeRawBufferPointer(bytes)
    switch text.count {
    case ...16: return upTo16(text)
    case ...32: return upTo32(text)
    case ...64: return upTo64(text)
    default: return long(text)
    }
  }

  /// The fingerprint of two fingerprints: `tensorflow::FingerprintCat64`.
  static func joined(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let factor: UInt64 = 0xc6a4_a793_5bd1_e995
    var result = first ^ factor
    result ^= mixed(second &* factor) &* factor
    result = result &* factor
    result = mixed(result) &* factor
    return mixed(result)
  }

  private static func word(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static func half(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(UInt32(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value >> bits | value << (64 - bits)
  }

  private static func mixed(_ value: UInt64) -> UInt64 { value ^ value >> 47 }

  private static func folded(_ u: UInt64, _ v: UInt64, _ factor: UInt64) -> UInt64 {
    let a = mixed((u ^ v) &* factor)
    return mixed((v ^ a) &* factor) &* factor
  }

  private static func upTo16(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = UInt64(text.count)
    let factor = k2 &+ count &* 2
    if count >= 8 {
      let (a, b) = (word(text, 0) &+ k2, word(text, text.count - 8))
      return folded(
        rotated(b, 37) &* factor &+ a, (rotated(a, 25) &+ b) &* factor, factor)
    }
    if count >= 4 {
      return folded(count &+ half(text, 0) << 3, half(text, text.count - 4), factor)
    }
    guard count > 0 else { return k2 }
    let y = UInt64(text[0]) &+ UInt64(text[text.count / 2]) << 8
    let z = count &+ UInt64(text[text.count - 1]) << 2
    return mixed(y &* k2 ^ z &* k0) &* k2
  }

  private static func upTo32(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let factor = k2 &+ UInt64(text.count) &* 2
    let (a, b) = (word(text, 0) &* k1, word(text, 8))
    let (c, d) = (word(text, text.count - 8) &* factor, word(text, text.count - 16) &* k2)
    return folded(
      rotated(a &+ b, 43) &+ rotated(c, 30) &+ d, a &+ rotated(b &+ k2, 18) &+ c, factor)
  }

  private static func upTo64(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    let factor = k2 &+ UInt64(count) &* 2
    let (a, b) = (word(text, 0) &* k2, word(text, 8))
    let (c, d) = (word(text, count - 8) &* factor, word(text, count - 16) &* k2)
    let y = rotated(a &+ b, 43) &+ rotated(c, 30) &+ d
    let z = folded(y, a &+ rotated(b &+ k2, 18) &+ c, factor)
    let (e, f) = (word(text, 16) &* factor, word(text, 24))
    let g = (y &+ word(text, count - 32)) &* factor
    let h = (z &+ word(text, count - 24)) &* factor
    return folded(
      rotated(e &+ f, 43) &+ rotated(g, 30) &+ h, e &+ rotated(f &+ a, 18) &+ g, factor)
  }

  private static func weak(
    _ text: UnsafeRawBufferPointer, _ offset: Int, _ first: UInt64, _ second: UInt64
  ) -> Pair {
    let start = first &+ word(text, offset)
    let last = word(text, offset + 24)
    let a = start &+ word(text, offset + 8) &+ word(text, offset + 16)
    return (a &+ last, rotated(second &+ start &+ last, 21) &+ rotated(a, 44) &+ start)
  }
}

extension FarmHash {
  /// What blocks of 64 bytes are taken into.
  private struct State {
    var x: UInt64 = 81 &* k2
    var y: UInt64 = 81 &* k1 &+ 113
    var z = mixed((81 &* k1 &+ 113) &* k2 &+ 113) &* k2
    var v: Pair = (0, 0)
    var w: Pair = (0, 0)

    /// Takes in a block; the last one with a factor of its own and a `weight` of 9.
    mutating func take(
      _ text: UnsafeRawBufferPointer, at offset: Int, factor: UInt64 = k1, weight: UInt64 = 1
    ) {
      x = rotated(x &+ y &+ v.0 &+ word(text, offset + 8), 37) &* factor
      y = rotated(y &+ v.1 &+ word(text, offset + 48), 42) &* factor
      x ^= w.1 &* weight
      y = y &+ v.0 &* weight &+ word(text, offset + 40)
      z = rotated(z &+ w.0, 33) &* factor
      v = weak(text, offset, v.1 &* factor, x &+ w.0)
      w = weak(text, offset + 32, z &+ w.1, y &+ word(text, offset + 16))
      swap(&x, &z)
    }
  }

  private static func long(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var state = State()
    state.x = state.x &+ word(text, 0)
    let end = (text.count - 1) / 64 * 64
    for offset in stride(from: 0, to: end, by: 64) { state.take(text, at: offset) }
    let factor = k1 &+ (state.z & 0xff) << 1
    state.w.0 = state.w.0 &+ UInt64((text.count - 1) & 63)
    state.v.0 = state.v.0 &+ state.w.0
    state.w.0 = state.w.0 &+ state.v.0
    state.take(text, at: text.count - 64, factor: factor, weight: 9)
    let first = folded(state.v.0, state.w.0, factor) &+ mixed(state.y) &* k0 &+ state.z
    return folded(first, folded(state.v.1, state.w.1, factor) &+ state.x, factor)
  }
}

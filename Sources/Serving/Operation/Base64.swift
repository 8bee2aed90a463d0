/// Base64 as RFC 4648 defines it.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// What each digit stands for; greater than 63 where a byte is none.
  private static let values: [UInt32] = {
    var values = [UInt32](repeating: 1 << 31, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt32(value) }
    return values
  }()

  /// The bytes that `text` stands for; nil where it is not Base64.
  ///
  /// Padding may be left out.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let bytes = text.withContiguousStorageIfAvailable { decode(contiguous: $0) }
    return bytes ?? Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  private static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let padding = text.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
    guard padding == 0 || text.count % 4 == 0 else { return nil }
    let digits = UnsafeBufferPointer(rebasing: text.dropLast(padding))
    let (groups, rest) = digits.count.quotientAndRemainder(dividingBy: 4)
    guard rest != 1 else { return nil }
    var isSound = true
    let bytes = [UInt8](unsafeUninitializedCapacity: groups * 3 + 2) { bytes, count in
      var all: UInt32 = 0
      values.withUnsafeBufferPointer { values in
        /// The bits of the digits from a place on, a missing one taken for 0.
        func bits(_ start: Int, _ count: Int) -> UInt32 {
          (0..<4).reduce(0) { bits, place in
            let value = place < count ? values[Int(digits[start + place])] : 0
            all |= value
            return bits << 6 | value
          }
        }
        for group in 0..<groups {
          let bits = bits(group * 4, 4)
          bytes[group * 3] = UInt8(truncatingIfNeeded: bits >> 16)
          bytes[group * 3 + 1] = UInt8(truncatingIfNeeded: bits >> 8)
          bytes[group * 3 + 2] = UInt8(truncatingIfNeeded: bits)
        }
        count = groups * 3
        guard rest > 0 else { return }
        let bits = bits(groups * 4, rest)
        for place in 0..<(rest - 1) {
          bytes[count] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
          count += 1
        }
      }
      isSound = all < 64
    }
    return isSound ? bytes : nil
  }

  /// `bytes` as Base64, padded.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]
        text.append(place <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

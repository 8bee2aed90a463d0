/// Base64 as RFC 4648 defines it.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// What each byte stands for as the first, second, third and fourth digit of a group; its highest
  /// bit is set where a byte is no digit.
  private static let values: [UInt32] = (0..<4).flatMap { place in
    var values = [UInt32](repeating: 1 << 31, count: 256)
    for (value, byte) in alphabet.enumerated() {
      values[Int(byte)] = UInt32(value) << UInt32(18 - 6 * place)
    }
    return values
  }

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
    var all: UInt32 = 0
    // A group is written as four bytes, of which the next one writes over the last.
    let bytes = [UInt8](unsafeUninitializedCapacity: groups * 3 + 4) { bytes, count in
      let output = UnsafeMutableRawBufferPointer(bytes)
      values.withUnsafeBufferPointer { values in
        func value(_ index: Int, _ place: Int) -> UInt32 { values[place << 8 | Int(digits[index])] }
        for group in 0..<groups {
          let start = group * 4
          let bits =
            value(start, 0) | value(start + 1, 1) | value(start + 2, 2) | value(start + 3, 3)
          all |= bits
          output.storeBytes(of: (bits << 8).bigEndian, toByteOffset: group * 3, as: UInt32.self)
        }
        count = groups * 3
        guard rest > 0 else { return }
        let bits = (0..<rest).reduce(0) { $0 | value(groups * 4 + $1, $1) }
        all |= bits
        output.storeBytes(of: (bits << 8).bigEndian, toByteOffset: count, as: UInt32.self)
        count += rest - 1
      }
    }
    return all >> 31 == 0 ? bytes : nil
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

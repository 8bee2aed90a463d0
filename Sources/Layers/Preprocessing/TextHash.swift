import ModelFormat

/// Puts strings into numbered buckets by their hash, FarmHash or under a `salt` SipHash.
///
/// A whole number is hashed as its decimal digits.
struct TextHash: Sendable {
  private let salt: [UInt64]?

  /// The hash that the option `salt` asks for.
  init(_ reader: inout LayerReader) {
    guard let value = reader.value("salt") else {
      salt = nil
      return
    }
    let numbers = (value.array ?? [value, value]).compactMap(\.int).map {
      UInt64(bitPattern: Int64($0))
    }
    if numbers.count != 2 { reader.reject("salt", "expected 2 whole numbers, found \(value)") }
    salt = numbers.count == 2 ? numbers : nil
  }

  /// The bucket of a string among `count`.
  func bucket(of bytes: UnsafeBufferPointer<UInt8>, among count: Int) -> Int64 {
    let hash =
      salt.map { SipHash.hash(bytes, key: ($0[0], $0[1])) } ?? FarmHash.fingerprint(bytes)
    return Int64(hash % UInt64(count))
  }

  /// The bucket of a whole number among `count`.
  func bucket(of number: Int64, among count: Int) -> Int64 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = digits.count
      var rest = number.magnitude
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      return bucket(of: UnsafeBufferPointer(rebasing: digits[start...]), among: count)
    }
  }
}

/// Floating-point numbers of 8 bits: one for the sign, 4 for the exponent, 3 for the fraction, of
/// which none is infinite (`float8_e4m3fn`).
package enum Float8 {
  /// The largest number.
  package static let largest: Float = 448

  /// The number of 8 bits that is nearest to `value`, or the largest where that is larger; of two
  /// that are as near, the one whose fraction is even.
  package static func rounded(_ value: Float) -> Float {
    if value.isNaN { return value }
    let value = min(max(value, -largest), largest)
    guard abs(value) >= 0x1p-6 else { return (value * 0x1p9).rounded(.toNearestOrEven) * 0x1p-9 }
    let bits = value.bitPattern
    let even = bits >> 20 & 1
    return Float(bitPattern: (bits &+ 0x7_FFFF &+ even) & ~0xF_FFFF)
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers as people read them.
enum Figures {
  /// Digits in groups of three: `1,199,882`.
  static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  /// Bytes in the unit that leaves few digits: `4.6 MB`.
  static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    var value = Double(count)
    var units = ["kB", "MB", "GB", "TB"][...]
    while let unit = units.popFirst() {
      value /= 1000
      if value < 999.5 || units.isEmpty { return formatted("%.3g \(unit)", value) }
    }
    return "\(count) B"
  }

  /// A difference: `1.2e-07`, or `0`.
  static func difference(_ value: Double) -> String {
    value == 0 ? "0" : formatted("%.2e", value)
  }

  /// A number in `printf`'s way.
  static func formatted(_ format: String, _ value: Double) -> String {
    withVaList([value]) { list in
      var buffer = [CChar](repeating: 0, count: 64)
      vsnprintf(&buffer, buffer.count, format, list)
      return String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

extension JSONValue {
  /// The value as canonical JSON: no spaces, keys sorted by their bytes, the shortest digits that
  /// read back to the same number; `NaN`, `Infinity` and `-Infinity` as Python writes them.
  public var canonicalText: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// `text` in quotes, escaped as JSON asks.
  static func quoted(_ text: String) -> String {
    var result = ""
    writeQuoted(text, to: &result)
    return result
  }

  /// The bytes of all texts in it, without quotes, those that are escaped counted three times: as a
  /// text within another its own is no shorter.
  var textSize: Int {
    switch self {
    case .string(let value):
      value.utf8.reduce(0) { $0 + (Self.escape(of: $1) == nil ? 1 : 3) }
    case .array(let values): values.reduce(0) { $0 + $1.textSize }
    case .object(let members):
      members.reduce(0) { $0 + $1.key.utf8.count + $1.value.textSize }
    default: 0
    }
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .double(let value): text += Self.digits(of: value)
    case .string(let value): Self.writeQuoted(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { text += "," }
        Self.writeQuoted(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func digits(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  private static func writeQuoted(_ value: String, to text: inout String) {
    text += "\""
    let bytes = value.utf8
    var start = bytes.startIndex
    var place = start
    while place < bytes.endIndex {
      let next = bytes.index(after: place)
      if let escape = escape(of: bytes[place]) {
        text += value[start..<place]
        text += escape
        start = next
      }
      place = next
    }
    text += value[start...]
    text += "\""
  }

  /// What stands in a string for a byte that cannot.
  private static func escape(of byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case UInt8(ascii: "\n"): return "\\n"
    case UInt8(ascii: "\r"): return "\\r"
    case UInt8(ascii: "\t"): return "\\t"
    case ..<0x20: return controlEscapes[Int(byte)]
    default: return nil
    }
  }

  private static let controlEscapes = (0..<0x20).map { code in
    "\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16)
  }
}

/// Reads JSON text as RFC 8259 defines it, plus Python's bare `NaN`, `Infinity` and `-Infinity`.
///
/// Stricter than most: a key that an object holds twice, a lone surrogate and nesting deeper than
/// ``maximumDepth`` are errors.
struct JSONParser {
  /// How deep lists and objects may stand in one another.
  static let maximumDepth = 256

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  /// The member of the outermost object whose text is wanted.
  private let keptKey: String?
  private var keptRange: Range<Int>?

  /// Parses a whole text, whose bytes must be valid UTF-8.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    return try parser.whole()
  }

  /// Parses a whole text, and gives the text of one member of the outermost object as it stands.
  static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, keeping key: String
  ) throws(JSONError) -> (value: JSONValue, text: String?) {
    var parser = JSONParser(bytes: bytes, keeping: key)
    let value = try parser.whole()
    return (value, parser.keptRange.map { String(decoding: bytes[$0], as: UTF8.self) })
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, keeping key: String? = nil) {
    self.bytes = bytes
    keptKey = key
  }

  private mutating func whole() throws(JSONError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw expected("the end of the text") }
    return value
  }

  // MARK: - Values

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else {
      throw JSONError(offset: index, reason: "nested more than \(Self.maximumDepth) deep")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .double(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .double(.infinity))
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    index += 1
    skipSpace()
    if accept("}") { return members }
    while true {
      skipSpace()
      let start = index
      guard peek == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
      let key = try string()
      skipSpace()
      guard accept(":") else { throw expected("':'") }
      skipSpace()
      let memberStart = index
      let member = try value(depth: depth + 1)
      if depth == 0, key == keptKey { keptRange = memberStart..<index }
      guard members.updateValue(member, forKey: key) == nil else {
        throw JSONError(offset: start, reason: "key \"\(key)\" stands twice in one object")
      }
      skipSpace()
      if accept("}") { return members }
      guard accept(",") else { throw expected("',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    var values: [JSONValue] = []
    index += 1
    skipSpace()
    if accept("]") { return values }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if accept("]") { return values }
      guard accept(",") else { throw expected("',' or ']'") }
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let start = index
    for position in 0..<word.utf8CodeUnitCount {
      guard peek == word.utf8Start[position] else {
        index = start
        throw expected("a value")
      }
      index += 1
    }
    return value
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = index
    let isNegative = accept("-")
    if isNegative, peek == UInt8(ascii: "I") { return try word("Infinity", .double(-.infinity)) }
    let first = index
    guard skipDigits() else {
      index = start
      throw expected("a value")
    }
    if bytes[first] == UInt8(ascii: "0"), index > first + 1 {
      throw JSONError(offset: first, reason: "a number begins with a needless 0")
    }
    var isWhole = true
    if accept(".") {
      isWhole = false
      guard skipDigits() else { throw expected("a digit") }
    }
    if accept("e") || accept("E") {
      isWhole = false
      _ = accept("+") || accept("-")
      guard skipDigits() else { throw expected("a digit") }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let value = Int(text) { return .int(value) }
    return .double(Double(text) ?? .nan)
  }

  private mutating func skipDigits() -> Bool {
    let start = index
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index > start
  }

  // MARK: - Strings

  private mutating func string() throws(JSONError) -> String {
    index += 1
    let start = index
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      index += 1
    }
    if accept("\"") { return String(decoding: bytes[start..<(index - 1)], as: UTF8.self) }
    var text = Array(bytes[start..<index])
    while let byte = peek {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: try escaped().utf8)
      case ..<0x20:
        throw JSONError(offset: index - 1, reason: "a string holds a control character")
      default: text.append(byte)
      }
    }
    throw expected("'\"'")
  }

  private mutating func escaped() throws(JSONError) -> Character {
    let start = index - 1
    guard let byte = peek else { throw expected("an escaped character") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return Character(Unicode.Scalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), accept("\\"), accept("u") {
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else {
          throw JSONError(offset: start, reason: "a lone surrogate")
        }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw JSONError(offset: start, reason: "a lone surrogate")
      }
      return Character(scalar)
    default: throw JSONError(offset: start, reason: "an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    let end = index + 4
    guard end <= bytes.count,
      bytes[index..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16)
    else { throw expected("four hexadecimal digits") }
    index = end
    return code
  }

  // MARK: - Bytes

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek,
      byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    {
      index += 1
    }
  }

  private func expected(_ what: String) -> JSONError {
    let found =
      switch peek {
      case .none: "the end of the text"
      case .some(let byte) where (0x20..<0x7F).contains(byte):
        "'\(Character(Unicode.Scalar(byte)))'"
      case .some(let byte): "byte \(byte)"
      }
    return JSONError(offset: index, reason: "expected \(what), found \(found)")
  }
}

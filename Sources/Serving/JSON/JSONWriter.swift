/// Writes JSON text without spaces.
package struct JSONWriter {
  /// The text so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false
  /// Whether a number that is not finite is written as `null`, which strict parsers take.
  package var hasNullForNonFinite = false

  /// A writer of no text yet.
  package init() {}

  /// Writes an object whose members `body` writes.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    nested("{", "}", body)
  }

  /// Writes an array whose elements `body` writes.
  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    nested("[", "]", body)
  }

  /// Writes an array with an element for each of `items`.
  package mutating func array<Item>(
    _ items: some Sequence<Item>, _ element: (inout JSONWriter, Item) -> Void
  ) {
    array { writer in
      for item in items { element(&writer, item) }
    }
  }

  /// Begins a member; its value is written next.
  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member that is a string.
  package mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  /// Writes a member that `body` writes.
  package mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    body(&self)
  }

  /// Writes a string.
  package mutating func string(_ value: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default:
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a number in the fewest digits that give it back.
  ///
  /// Numbers that are not finite are written as `NaN`, `Infinity` and `-Infinity`, as TensorFlow
  /// Serving and Python write them, unless ``hasNullForNonFinite`` asks for `null`.
  package mutating func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    if value.isFinite {
      literal(value.description)
    } else if hasNullForNonFinite {
      null()
    } else {
      literal(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }
  }

  /// Writes an integer.
  package mutating func integer(_ value: some BinaryInteger) {
    literal(String(value))
  }

  /// Writes `true` or `false`.
  package mutating func bool(_ value: Bool) {
    literal(value ? "true" : "false")
  }

  /// Writes `null`.
  package mutating func null() {
    literal("null")
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func nested(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }
}

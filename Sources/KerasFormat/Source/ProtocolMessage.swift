/// The fields of one message of Protocol Buffers, by their numbers.
struct ProtocolMessage: Sendable {
  private enum Field {
    case number(UInt64)
    case bytes([UInt8])
  }

  private var fields: [(number: Int, field: Field)] = []

  /// The message of some bytes; nil where they are none.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let tag = rest.popVarint() else { return nil }
      let number = Int(truncatingIfNeeded: tag >> 3)
      switch tag & 7 {
      case 0:
        guard let value = rest.popVarint() else { return nil }
        fields.append((number, .number(value)))
      case 1, 5:
        let width = tag & 7 == 1 ? 8 : 4
        guard rest.count >= width else { return nil }
        let value = rest.prefix(width).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        fields.append((number, .number(value)))
        rest = rest.dropFirst(width)
      case 2:
        guard let count = rest.popVarint(), count <= rest.count else { return nil }
        fields.append((number, .bytes(Array(rest.prefix(Int(count))))))
        rest = rest.dropFirst(Int(count))
      default: return nil
      }
    }
  }

  /// The bytes of a field.
  func bytes(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      guard field.number == number, case .bytes(let bytes) = field.field else { return nil }
      return bytes
    }
  }

  /// The texts of a field.
  func texts(_ number: Int) -> [String] {
    bytes(number).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The text of a field, the last one where there are several; nil where there is none.
  func text(_ number: Int) -> String? { texts(number).last }

  /// The messages of a field.
  func messages(_ number: Int) -> [ProtocolMessage] { bytes(number).compactMap(Self.init) }

  /// The number of a field, the last one where there are several; nil where there is none.
  func number(_ number: Int) -> UInt64? { numbers(number).last }

  /// The numbers of a field, one by one or packed.
  func numbers(_ number: Int) -> [UInt64] {
    fields.filter { $0.number == number }.flatMap { entry -> [UInt64] in
      switch entry.field {
      case .number(let value): return [value]
      case .bytes(let bytes):
        var (rest, values) = (bytes[...], [UInt64]())
        while let value = rest.popVarint() { values.append(value) }
        return values
      }
    }
  }
}

extension ArraySlice<UInt8> {
  /// Takes a number of seven bits a byte, the low ones first, from the front; nil where there is
  /// none.
  mutating func popVarint() -> UInt64? {
    var (value, shift) = (0 as UInt64, 0 as UInt64)
    while let byte = popFirst(), shift < 64 {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}

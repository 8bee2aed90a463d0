/// The header fields of a message, in order; names are compared without regard to case.
package struct HTTPHeaders: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// The fields as they were sent.
  package private(set) var fields: [Field] = []

  /// One header field.
  package struct Field: Equatable, Sendable {
    /// The name as it was sent.
    package let name: String
    /// The value without surrounding space.
    package let value: String

    /// Whether the field has a name, whatever the case of its letters.
    func isNamed(_ other: String) -> Bool {
      name == other
        || name.utf8.count == other.utf8.count
          && zip(name.utf8, other.utf8).allSatisfy { Self.lowercase($0) == Self.lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
  }

  /// Fields in the order they are written.
  package init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// Adds a field, beside those of the same name.
  package mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// The values of all fields of a name.
  package func all(_ name: String) -> [String] {
    fields.filter { $0.isNamed(name) }.map(\.value)
  }

  /// The value of the first field of a name; setting it replaces all of them.
  package subscript(name: String) -> String? {
    get { fields.first { $0.isNamed(name) }?.value }
    set {
      fields.removeAll { $0.isNamed(name) }
      if let newValue { add(name, newValue) }
    }
  }
}

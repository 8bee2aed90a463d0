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
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  /// The value of the first field of a name; setting it replaces all of them.
  package subscript(name: String) -> String? {
    get { all(name).first }
    set {
      let wanted = name.lowercased()
      fields.removeAll { $0.name.lowercased() == wanted }
      if let newValue { add(name, newValue) }
    }
  }
}

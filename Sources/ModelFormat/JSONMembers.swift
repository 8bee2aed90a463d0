/// The members of a JSON object that must hold certain ones, and no others.
///
/// Asking for a member states its type; ``finish()`` refuses the members that nobody asked for.
struct JSONMembers {
  private let path: String
  private let members: [String: JSONValue]
  private var unread: Set<String>

  /// The members of `value`, which stands at `path` in its text.
  init(_ value: JSONValue, at path: String) throws(DescriptionError) {
    guard let members = value.object else {
      throw DescriptionError(path: path, reason: "expected an object")
    }
    self.path = path
    self.members = members
    unread = Set(members.keys)
  }

  mutating func string(_ key: String) throws(DescriptionError) -> String {
    try read(key, as: "a string", \.string)
  }

  mutating func stringIfPresent(_ key: String) throws(DescriptionError) -> String? {
    guard let member = members[key], !member.isNull else {
      unread.remove(key)
      return nil
    }
    return try string(key)
  }

  mutating func int(_ key: String) throws(DescriptionError) -> Int {
    try read(key, as: "a whole number", \.int)
  }

  mutating func double(_ key: String) throws(DescriptionError) -> Double {
    try read(key, as: "a number", \.double)
  }

  mutating func object(_ key: String) throws(DescriptionError) -> [String: JSONValue] {
    try read(key, as: "an object", \.object)
  }

  mutating func strings(_ key: String) throws(DescriptionError) -> [String] {
    try read(key, as: "a list of strings") { Self.all($0.array, \.string) }
  }

  mutating func sizes(_ key: String) throws(DescriptionError) -> [Int] {
    try read(key, as: "a list of sizes") { Self.all($0.array) { Self.size($0) } }
  }

  mutating func optionalSizes(_ key: String) throws(DescriptionError) -> [Int?] {
    try read(key, as: "a list of sizes and nulls") { value in
      Self.all(value.array) { $0.isNull ? .some(nil) : Self.size($0).map { .some($0) } }
    }
  }

  /// The members of the object `key`, which must all be whole numbers.
  mutating func integers(_ key: String) throws(DescriptionError) -> [String: Int] {
    try read(key, as: "an object of whole numbers") { Self.all($0.object, \.int) }
  }

  /// The members of the object `key`, which must all be strings.
  mutating func texts(_ key: String) throws(DescriptionError) -> [String: String] {
    try read(key, as: "an object of strings") { Self.all($0.object, \.string) }
  }

  mutating func raw<Value: RawRepresentable<String>>(
    _ key: String, as type: Value.Type
  ) throws(DescriptionError) -> Value {
    let text = try string(key)
    guard let value = Value(rawValue: text) else {
      throw DescriptionError(path: "\(path).\(key)", reason: "unknown value \"\(text)\"")
    }
    return value
  }

  /// The elements of the list `key`, each read by `element` from its members.
  mutating func list<Element>(
    _ key: String, _ element: (inout JSONMembers) throws(DescriptionError) -> Element
  ) throws(DescriptionError) -> [Element] {
    var elements: [Element] = []
    for (index, value) in try read(key, as: "a list", \.array).enumerated() {
      var members = try JSONMembers(value, at: "\(path).\(key)[\(index)]")
      elements.append(try element(&members))
      try members.finish()
    }
    return elements
  }

  /// Fails where a member was not asked for.
  func finish() throws(DescriptionError) {
    guard let key = unread.min() else { return }
    throw DescriptionError(path: path, reason: "unknown member \"\(key)\"")
  }

  private mutating func read<Value>(
    _ key: String, as expected: String, _ convert: (JSONValue) -> Value?
  ) throws(DescriptionError) -> Value {
    unread.remove(key)
    guard let member = members[key] else {
      throw DescriptionError(path: path, reason: "\"\(key)\" is missing")
    }
    guard let value = convert(member) else {
      throw DescriptionError(path: "\(path).\(key)", reason: "expected \(expected)")
    }
    return value
  }

  private static func size(_ value: JSONValue) -> Int? {
    guard case .int(let size) = value, size >= 0 else { return nil }
    return size
  }

  private static func all<Value>(
    _ values: [JSONValue]?, _ convert: (JSONValue) -> Value?
  ) -> [Value]? {
    guard let values else { return nil }
    let converted = values.compactMap(convert)
    return converted.count == values.count ? converted : nil
  }

  private static func all<Value>(
    _ members: [String: JSONValue]?, _ convert: (JSONValue) -> Value?
  ) -> [String: Value]? {
    guard let members else { return nil }
    let converted = members.compactMapValues(convert)
    return converted.count == members.count ? converted : nil
  }
}

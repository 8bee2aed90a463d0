import CSimdJSON

/// A value in a parsed text.
struct JSONValue {
  /// What a value is.
  enum Kind: String {
    case null = "Null"
    case `false` = "False"
    case `true` = "True"
    case number = "Number"
    case string = "String"
    case array = "Array"
    case object = "Object"
  }

  let node: kjson_node

  /// What the value is.
  var kind: Kind {
    switch kjson_kind_of(node) {
    case KJSON_FALSE: .false
    case KJSON_TRUE: .true
    case KJSON_NUMBER: .number
    case KJSON_STRING: .string
    case KJSON_ARRAY: .array
    case KJSON_OBJECT: .object
    default: .null
    }
  }

  /// The UTF-8 bytes of a string; nil for any other value.
  var stringBytes: UnsafeRawBufferPointer? {
    var count = 0
    guard let bytes = kjson_string(node, &count) else { return nil }
    return UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// A string; nil for any other value.
  var string: String? {
    stringBytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// An integer without a fraction or an exponent; nil for any other value.
  var integer: Int? {
    var value: Int64 = 0
    return kjson_integer(node, &value) ? Int(value) : nil
  }

  /// The elements of an array or the members of an object; 0 for any other value.
  var count: Int { kjson_count(node) }

  /// The first member of an object with a key.
  subscript(key: String) -> JSONValue? {
    var key = key
    return key.withUTF8 { bytes in
      var value = kjson_node()
      let found = bytes.withMemoryRebound(to: CChar.self) { characters in
        kjson_member(node, characters.baseAddress, characters.count, &value)
      }
      return found ? JSONValue(node: value) : nil
    }
  }

  /// Throws where an object holds a key more than once: programs differ in which of them counts.
  func checkKeys() throws(HTTPError) {
    var (key, count) = (UnsafePointer<CChar>?.none, 0)
    guard kjson_repeated_key(node, &key, &count) else { return }
    let name = String(decoding: UnsafeRawBufferPointer(start: key, count: count), as: UTF8.self)
    throw HTTPError(.badRequest, "key \"\(name)\" is given more than once")
  }

  /// Calls `body` with each element of an array, counted from 0.
  func forEachElement(_ body: (Int, JSONValue) throws(HTTPError) -> Void) throws(HTTPError) {
    guard kind == .array else { return }
    var cursor = kjson_begin(node)
    var (value, index) = (kjson_node(), 0)
    while kjson_next_element(&cursor, &value) {
      try body(index, JSONValue(node: value))
      index += 1
    }
  }

  /// Calls `body` with each member of an object.
  func forEachMember(_ body: (String, JSONValue) throws(HTTPError) -> Void) throws(HTTPError) {
    guard kind == .object else { return }
    var cursor = kjson_begin(node)
    var (value, key, count) = (kjson_node(), UnsafePointer<CChar>?.none, 0)
    while kjson_next_member(&cursor, &key, &count, &value) {
      let name = UnsafeRawBufferPointer(start: key, count: count)
      try body(String(decoding: name, as: UTF8.self), JSONValue(node: value))
    }
  }

  /// The value as JSON text, cut where it is long.
  var text: String {
    let limit = 200
    let text = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) { buffer in
        kjson_describe(node, buffer.baseAddress, buffer.count)
      }
    }
    return String(decoding: text, as: UTF8.self) + (text.count == limit ? "..." : "")
  }
}

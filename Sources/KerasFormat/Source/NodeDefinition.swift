import ModelFormat

/// A node of TensorFlow's graph, as a `TensorFlowOpLayer` keeps it: an operation and its attributes.
struct NodeDefinition: Sendable {
  /// The operation's name: `MatMul`.
  let operation: String
  /// The attributes: numbers, truth values, texts and lists of them; types by their names in NumPy.
  let attributes: [String: JSONValue]

  /// The node of an option `node_def`: an object since TensorFlow 2.2, before it the bytes of the
  /// message as the characters of a string; nil where it is none.
  init?(_ json: JSONValue) {
    if let text = json.string {
      guard let message = ProtocolMessage(Array(text.utf8)), let node = Self(message) else {
        return nil
      }
      self = node
      return
    }
    guard let operation = json["op"]?.string else { return nil }
    self.operation = operation
    attributes = (json["attr"]?.object ?? [:]).compactMapValues(Self.value)
  }

  /// The value of an attribute as Protocol Buffers writes it in JSON.
  private static func value(_ json: JSONValue) -> JSONValue? {
    guard let (kind, value) = json.object?.first, json.object?.count == 1 else { return nil }
    switch kind {
    case "i": return whole(value)
    case "s": return value.string.flatMap(text(base64:)).map { .string($0) }
    case "type": return value.string.map { .string(elementType($0)) }
    case "shape":
      return .array((value["dim"]?.array ?? []).map { whole($0["size"] ?? .int(0)) ?? .null })
    case "list":
      guard let (kind, values) = value.object?.first else { return .array([]) }
      return .array((values.array ?? []).compactMap { Self.value(.object([kind: $0])) })
    default: return value
    }
  }

  /// A whole number, which is written as a string.
  private static func whole(_ json: JSONValue) -> JSONValue? {
    json.int.map { .int($0) } ?? json.string.flatMap { Int($0) }.map { .int($0) }
  }

  /// The name in NumPy of a type like `DT_FLOAT`.
  private static func elementType(_ name: String) -> String {
    let name = name.hasPrefix("DT_") ? String(name.dropFirst(3)).lowercased() : name
    return ["float": "float32", "double": "float64", "half": "float16"][name] ?? name
  }

  private static func text(base64: String) -> String? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var (bits, count, bytes) = (0, 0, [UInt8]())
    for character in base64.utf8 where character != UInt8(ascii: "=") {
      guard let digit = alphabet.firstIndex(of: character) else { return nil }
      bits = (bits << 6 | digit) & 0xFFFF
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension NodeDefinition {
  /// The node that a message of TensorFlow's `NodeDef` tells.
  private init?(_ message: ProtocolMessage) {
    guard let operation = message.text(2) else { return nil }
    self.operation = operation
    var attributes: [String: JSONValue] = [:]
    for entry in message.messages(5) {
      if let name = entry.text(1), let value = entry.messages(2).first {
        attributes[name] = Self.value(value)
      }
    }
    self.attributes = attributes
  }

  private static func value(_ message: ProtocolMessage) -> JSONValue? {
    if let list = message.messages(1).first {
      if !list.texts(2).isEmpty { return .array(list.texts(2).map { .string($0) }) }
      return .array(list.numbers(3).map { .int(Int(truncatingIfNeeded: $0)) })
    }
    if let text = message.text(2) { return .string(text) }
    if let number = message.numbers(3).first { return .int(Int(truncatingIfNeeded: number)) }
    if let bits = message.numbers(4).first {
      return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    }
    if let number = message.numbers(5).first { return .bool(number != 0) }
    if let number = message.numbers(6).first {
      return .string(elementTypes[Int(truncatingIfNeeded: number)] ?? "type \(number)")
    }
    return nil
  }

  private static let elementTypes = [
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string",
    9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 19: "float16",
  ]
}

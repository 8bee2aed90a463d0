import ModelFormat

/// An argument of a call: values and constants in lists and dictionaries, as Python nests them.
indirect enum CallTree<Value> {
  /// A value of the graph.
  case value(Value)
  /// Plain data; a list or dictionary without any value in it is one constant.
  case constant(JSONValue)
  /// A list or tuple that holds values.
  case list([CallTree])
  /// A dictionary that holds values.
  case dictionary([String: CallTree])

  /// The values in Keras's order: lists in theirs, dictionaries by their sorted keys.
  var values: [Value] {
    switch self {
    case .value(let value): [value]
    case .constant: []
    case .list(let elements): elements.flatMap(\.values)
    case .dictionary(let members):
      members.sorted { $0.key < $1.key }.flatMap(\.value.values)
    }
  }

  /// The same arguments with other values, or nil where `transform` has none for one of them.
  func map<Other>(_ transform: (Value) -> Other?) -> CallTree<Other>? {
    switch self {
    case .value(let value): return transform(value).map { .value($0) }
    case .constant(let constant): return .constant(constant)
    case .list(let elements):
      let mapped = elements.compactMap { $0.map(transform) }
      return mapped.count == elements.count ? .list(mapped) : nil
    case .dictionary(let members):
      let mapped = members.compactMapValues { $0.map(transform) }
      return mapped.count == members.count ? .dictionary(mapped) : nil
    }
  }

  /// A list, which is a constant where none of its elements holds a value.
  static func collecting(_ elements: [CallTree]) -> CallTree {
    let constants = elements.compactMap(\.constant)
    return constants.count == elements.count ? .constant(.array(constants)) : .list(elements)
  }

  /// A dictionary, which is a constant where none of its members holds a value.
  static func collecting(_ members: [String: CallTree]) -> CallTree {
    let constants = members.compactMapValues(\.constant)
    return constants.count == members.count ? .constant(.object(constants)) : .dictionary(members)
  }

  /// The plain data where this is a constant.
  var constant: JSONValue? {
    guard case .constant(let constant) = self else { return nil }
    return constant
  }
}

extension CallTree: Sendable where Value: Sendable {}

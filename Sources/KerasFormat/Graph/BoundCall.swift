import ModelFormat

/// A call with its arguments where the canonical dialect has them.
struct BoundCall {
  /// The values given by position.
  var inputs: [GraphValue] = []
  /// The values given by name, in the names' order.
  var keywords: [(name: String, value: GraphValue)] = []
  /// Arguments that are no values, by name, or by position: `1`, or `0.1` for the second element
  /// of a list that is the first argument; an operation's by their place among all its operands.
  var arguments: [String: JSONValue] = [:]
  /// The first argument as the file nests it, for models that take their inputs by name.
  var first: CallTree<GraphValue>?

  /// The mask of an input where the call gives it by name: `mask`, or `mask:0`, `mask:1`, … where
  /// the file gives a list.
  func explicitMask(of input: Int) -> ImplicitMask? {
    keywords.first { $0.name == "mask:\(input)" || input == 0 && $0.name == "mask" }
      .map { .value($0.value.name) }
  }
}

extension BoundCall {
  /// Binds a call's arguments to the parameters of a layer of the given class.
  init(
    positional: [CallTree<GraphValue>], keywords: [String: CallTree<GraphValue>],
    className: String, version: KerasVersion
  ) {
    let signature = CallSignature.of(className, in: version)
    var named = keywords
    var extra: [(Int, CallTree<GraphValue>)] = []
    for (position, argument) in positional.enumerated() {
      if let name = signature.name(at: position) {
        named[name] = argument
      } else {
        extra.append((position, argument))
      }
    }
    if let name = signature.tensors.first, named[name] == nil {
      named[name] = named.removeValue(forKey: "inputs")
    }
    first = signature.tensors.first.flatMap { named[$0] } ?? positional.first
    let given = signature.tensors.lastIndex { named[$0] != nil } ?? -1
    for (position, name) in signature.tensors.prefix(given + 1).enumerated() {
      guard
        let argument = named.removeValue(forKey: name)
          ?? (signature.keepsNulls ? .constant(.null) : nil)
      else { continue }
      if signature.keepsNulls {
        addOperands(argument)
      } else if position == 0 || argument.constant?.isNull != true {
        add(argument, place: "\(position)")
      }
    }
    for (position, argument) in extra {
      if signature.keepsNulls {
        addOperands(argument)
      } else {
        add(argument, place: "\(position)")
      }
    }
    for name in signature.unread { named[name] = nil }
    for (name, argument) in named.sorted(by: { $0.key < $1.key }) {
      add(argument, name: name, keepsNulls: signature.keepsNulls)
    }
  }

  /// Adds an operation's argument given by position: its values to the inputs, those in lists one by
  /// one, and constants under their place among all of them.
  private mutating func addOperands(_ argument: CallTree<GraphValue>) {
    switch argument {
    case .list(let elements): for element in elements { addOperands(element) }
    case .dictionary(let members):
      for (_, member) in members.sorted(by: { $0.key < $1.key }) { addOperands(member) }
    case .value(let value): inputs.append(value)
    case .constant(let constant): arguments["\(inputs.count + arguments.count)"] = constant
    }
  }

  /// Adds an argument given by position: its values to the inputs, constants under their place.
  private mutating func add(_ argument: CallTree<GraphValue>, place: String) {
    switch argument {
    case .value(let value): inputs.append(value)
    case .constant(let constant): arguments[place] = constant
    case .list(let elements):
      for (index, element) in elements.enumerated() {
        add(element, place: "\(place).\(index)")
      }
    case .dictionary(let members):
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        add(member, place: "\(place).\(key)")
      }
    }
  }

  /// Adds an argument given by name, unless it says what is so without it.
  private mutating func add(_ argument: CallTree<GraphValue>, name: String, keepsNulls: Bool) {
    if case .value(let value) = argument {
      keywords.append((name, value))
    } else if let constant = argument.constant {
      if keepsNulls ? name == "name" : constant.saysNothing(of: name) { return }
      arguments[name] = constant
    } else if case .list(let elements) = argument {
      for (index, element) in elements.enumerated() where element.constant?.isNull != true {
        add(element, name: "\(name):\(index)", keepsNulls: keepsNulls)
      }
    } else {
      for (index, value) in argument.values.enumerated() {
        keywords.append(("\(name):\(index)", value))
      }
    }
  }
}

extension JSONValue {
  /// Whether the argument `name` may as well be left out: nulls, and training that is off.
  fileprivate func saysNothing(of name: String) -> Bool {
    switch self {
    case .null: true
    case .array(let elements): !elements.isEmpty && elements.allSatisfy(\.isNull)
    case .object(let members): !members.isEmpty && members.values.allSatisfy(\.isNull)
    case .bool(false), .int(0): name == "training"
    default: false
    }
  }
}

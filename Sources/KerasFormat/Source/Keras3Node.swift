import ModelFormat
import Tensors

/// Reads a call as Keras 3 writes it: `{"args": […], "kwargs": {…}}`, where values are
/// `__keras_tensor__` objects that name their history.
enum Keras3Node {
  /// Whether `node` is written so.
  static func matches(_ node: JSONValue) -> Bool { node["args"] != nil && node["kwargs"] != nil }

  /// The call that `node` tells.
  static func call(_ node: JSONValue) throws(MalformedNode) -> SourceCall {
    guard let arguments = node["args"]?.array, let keywords = node["kwargs"]?.object else {
      throw MalformedNode(reason: "expected a list of \"args\" and an object of \"kwargs\"")
    }
    var call = SourceCall()
    for argument in arguments { call.positional.append(try tree(argument)) }
    for (name, argument) in keywords { call.keywords[name] = try tree(argument) }
    return call
  }

  /// What a value is, as one of the calls that read it tells; nil where none does.
  static func tensor(_ value: ValueReference, in json: JSONValue) -> SourceInput? {
    var pending = [json]
    while let next = pending.popLast() {
      switch next {
      case .array(let elements): pending += elements.reversed()
      case .object(let members):
        if members["class_name"]?.string == "__keras_tensor__", (try? reference(next)) == value,
          let config = members["config"], let shape = config["shape"]?.array
        {
          let type = config["dtype"]?.string.flatMap(ElementType.init) ?? .float32
          return SourceInput(
            shape: shape.map(\.int), elementType: type.isFloatingPoint ? .float32 : type)
        }
        pending += members.values
      default: break
      }
    }
    return nil
  }

  private static func tree(_ json: JSONValue) throws(MalformedNode) -> CallTree<ValueReference> {
    switch json {
    case .array(let elements):
      var trees: [CallTree<ValueReference>] = []
      for element in elements { trees.append(try tree(element)) }
      return .collecting(trees)
    case .object(let members):
      switch members["class_name"]?.string {
      case "__keras_tensor__": return .value(try reference(json))
      case "__tuple__": return try tree(members["items"] ?? .array([]))
      case .some: return .constant(json)
      case nil:
        var trees: [String: CallTree<ValueReference>] = [:]
        for (name, member) in members { trees[name] = try tree(member) }
        return .collecting(trees)
      }
    default: return .constant(json)
    }
  }

  private static func reference(_ json: JSONValue) throws(MalformedNode) -> ValueReference {
    let history = json["config"]?["keras_history"]?.array ?? []
    guard history.count == 3, let layer = history[0].string, let call = history[1].int,
      let output = history[2].int
    else {
      throw MalformedNode(
        reason: "expected a \"keras_history\" of layer, call and output, found \(history)")
    }
    return ValueReference(layer: layer, call: call, output: output)
  }
}

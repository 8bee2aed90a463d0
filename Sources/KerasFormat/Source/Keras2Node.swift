import ModelFormat

/// Reads a call as Keras 1 and 2 write it: `[[layer, call, output, {keywords}], …]`, a dictionary
/// of such lists, or deeper structures; `["_CONSTANT_VALUE", -1, value]` is a constant.
struct Keras2Node {
  /// The names of the model's layers: only they make a list among the keywords a value.
  let layerNames: Set<String>

  /// The call that `node` tells.
  func call(_ node: JSONValue) throws(MalformedNode) -> SourceCall {
    var keywords: [String: JSONValue]?
    var first = try tree(node, keywords: &keywords)
    if case .list(let elements) = first, elements.count == 1 { first = elements[0] }
    var call = SourceCall(positional: [first])
    for (name, argument) in keywords ?? [:] { call.keywords[name] = keywordTree(argument) }
    return call
  }

  /// The first argument; every value in it carries the call's keywords, the first one's are taken.
  private func tree(
    _ json: JSONValue, keywords: inout [String: JSONValue]?
  ) throws(MalformedNode) -> CallTree<ValueReference> {
    if let entry = Entry(json) {
      if keywords == nil { keywords = entry.keywords }
      return entry.tree
    }
    switch json {
    case .array(let elements):
      var trees: [CallTree<ValueReference>] = []
      for element in elements { trees.append(try tree(element, keywords: &keywords)) }
      return .collecting(trees)
    case .object(let members):
      var trees: [String: CallTree<ValueReference>] = [:]
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        trees[name] = try tree(member, keywords: &keywords)
      }
      return .collecting(trees)
    default:
      throw MalformedNode(reason: "expected lists of layer, call and output, found \(json)")
    }
  }

  private func keywordTree(_ json: JSONValue) -> CallTree<ValueReference> {
    if let entry = Entry(json), entry.isConstant || layerNames.contains(entry.layer) {
      return entry.tree
    }
    switch json {
    case .array(let elements): return .collecting(elements.map(keywordTree))
    case .object(let members): return .collecting(members.mapValues(keywordTree))
    default: return .constant(json)
    }
  }

  /// One value or constant: `[layer, call, output]` or `[layer, call, output, {keywords}]`.
  private struct Entry {
    let layer: String
    let tree: CallTree<ValueReference>
    let keywords: [String: JSONValue]
    var isConstant: Bool { layer == "_CONSTANT_VALUE" }

    init?(_ json: JSONValue) {
      guard let parts = json.array, parts.count == 3 || parts.count == 4,
        let layer = parts[0].string, let call = parts[1].int
      else { return nil }
      self.layer = layer
      keywords = parts.count == 4 ? parts[3].object ?? [:] : [:]
      if layer == "_CONSTANT_VALUE" {
        tree = .constant(parts[2])
      } else if let output = parts[2].int {
        tree = .value(ValueReference(layer: layer, call: call, output: output))
      } else {
        return nil
      }
    }
  }
}

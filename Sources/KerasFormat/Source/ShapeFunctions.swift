import ModelFormat

/// The layers of a model that compute with the sizes of tensors and nothing else: `tf.shape(x)[1:3]`,
/// `[tf.shape(x)[0], 5]`.
///
/// What such a layer gives is no tensor in the canonical dialect: the calls that read it have it as
/// an expression among their arguments, and the tensors whose sizes count by keyword.
struct ShapeFunctions {
  private let layers: [String: SourceLayer]
  /// The names of these layers.
  let names: Set<String>

  /// Those of a model whose functions are not translated yet.
  init(_ model: SourceModel) {
    layers = Dictionary(model.layers.map { ($0.name, $0) }) { first, _ in first }
    var names: Set<String> = []
    var count = -1
    while names.count != count {
      count = names.count
      for layer in model.layers {
        guard let function = FunctionLayer.function(of: layer) else { continue }
        let read = Set(layer.calls.flatMap(\.references).map(\.layer))
        let isKnown =
          Self.functions[function] != nil && !Self.givesFloat(layer)
          || Self.slices.contains(function)
        if Self.tellsShape(function) || isKnown && !read.isEmpty && read.isSubset(of: names) {
          names.insert(layer.name)
        }
      }
    }
    self.names = names
  }

  /// Whether a function gives the sizes of a tensor.
  static func tellsShape(_ function: String) -> Bool {
    function == "shape"
  }

  /// Whether a layer makes floating-point numbers of whole ones.
  private static func givesFloat(_ layer: SourceLayer) -> Bool {
    let type = layer.calls.first?.keywords["dtype"]?.constant?.string ?? ""
    return type.contains("float") || type.contains("half")
  }

  /// The call that gives the numbers of one of these layers as a tensor; nil where there is none.
  func materialized(_ layer: SourceLayer) -> SourceCall? {
    var tensors: [ValueReference] = []
    let value = ValueReference(layer: layer.name, call: 0)
    guard let expression = expression(.value(value), &tensors) else { return nil }
    var call = SourceCall(keywords: ["value": .constant(expression)])
    for (place, tensor) in tensors.enumerated() {
      call.keywords["shape:\(place)"] = .value(tensor)
    }
    return call
  }

  /// What the canonical dialect has in an argument's place; nil where it is computed of more than
  /// sizes.
  ///
  /// The tensors whose sizes count are added to those that the call already has.
  func expression(
    _ tree: CallTree<ValueReference>, _ tensors: inout [ValueReference]
  ) -> JSONValue? {
    switch tree {
    case .constant(let constant): return SerializedValues.unwrapped(constant)
    case .list(let elements):
      let members = elements.map { expression($0, &tensors) }
      return members.contains(nil) ? nil : .array(members.compactMap { $0 })
    case .dictionary(let members):
      let mapped = members.mapValues { expression($0, &tensors) }
      return mapped.values.contains(nil) ? nil : .object(mapped.compactMapValues { $0 })
    case .value(let reference): return expression(reference, &tensors)
    }
  }

  private func expression(
    _ reference: ValueReference, _ tensors: inout [ValueReference]
  ) -> JSONValue? {
    guard names.contains(reference.layer), let layer = layers[reference.layer],
      var function = FunctionLayer.function(of: layer), var call = layer.calls.first,
      let first = call.positional.first
    else { return nil }
    if Self.tellsShape(function) {
      guard case .value(let tensor) = first else { return nil }
      let place = tensors.firstIndex(of: tensor) ?? tensors.count
      if place == tensors.count { tensors.append(tensor) }
      return Self.object("of", [.string("shape:\(place)")])
    }
    if let indexing = SliceArguments.indexing(function, call, elements) {
      (function, call) = ("__operators__.getitem", indexing)
    }
    guard let name = Self.functions[function], let value = expression(first, &tensors) else {
      return nil
    }
    switch name {
    case "same": return value
    case "product", "ones": return Self.object(name, [value])
    case "where":
      guard let chosen = call.keywords["x"].flatMap({ expression($0, &tensors) }),
        let other = call.keywords["y"].flatMap({ expression($0, &tensors) })
      else { return nil }
      return Self.object(name, [value, chosen, other])
    case "concat", "stack": return Self.object(name, value.array ?? [value])
    case "element": return Self.object("getitem", [value, .int(reference.output)])
    case "take":
      guard let indices = call.keywords["indices"].flatMap({ expression($0, &tensors) }) else {
        return nil
      }
      return Self.object(name, [value, indices])
    case "getitem":
      guard let key = call.keywords["slice_spec"].flatMap({ expression($0, &tensors) }) else {
        return nil
      }
      return Self.object(name, [value, FunctionLayer.index(key)])
    default:
      guard let other = call.keywords["y"].flatMap({ expression($0, &tensors) }) else { return nil }
      return Self.object(name, [value, other])
    }
  }

  /// The elements of an argument that is a list, or the output of a layer that makes one.
  func elements(_ tree: CallTree<ValueReference>) -> [CallTree<ValueReference>]? {
    switch tree {
    case .list(let elements): return elements
    case .constant(let constant):
      return SerializedValues.unwrapped(constant).array?.map { .constant($0) }
    case .value(let reference):
      guard let layer = layers[reference.layer], FunctionLayer.function(of: layer) == "stack",
        let list = layer.calls.first?.positional.first
      else { return nil }
      return elements(list)
    case .dictionary: return nil
    }
  }

  private static func object(_ function: String, _ arguments: [JSONValue]) -> JSONValue {
    .object([
      "class_name": .string("__sizes__"),
      "config": .object(["function": .string(function), "arguments": .array(arguments)]),
    ])
  }

  private static let slices: Set = ["slice", "strided_slice"]

  private static let functions = [
    "__operators__.getitem": "getitem", "stack": "stack", "concat": "concat", "unstack": "element",
    "__operators__.add": "add", "math.add": "add", "math.subtract": "subtract",
    "math.multiply": "multiply", "math.floordiv": "floordiv", "floor_div": "floordiv",
    "math.floormod": "floormod", "math.mod": "floormod", "math.maximum": "maximum",
    "math.minimum": "minimum", "math.reduce_prod": "product", "reduce_prod": "product",
    "math.greater": "greater", "math.less": "less", "math.equal": "equal", "where": "where",
    "ones_like": "ones", "gather": "take", "cast": "same", "identity": "same",
    "convert_to_tensor": "same",
  ]
}

import ModelFormat

/// Brings the layers that Keras 2 makes of TensorFlow's functions, `TFOpLambda`, `SlicingOpLambda`
/// and `TensorFlowOpLayer`, into the operations of the canonical dialect.
///
/// The function's name is the layer's option `function`; its first argument is what the call is
/// made on, all others are the call's keywords, constants among them.
struct FunctionLayer {
  /// Where problems are told.
  let report: ImportReport

  /// The model with its functions told as operations; the calls that only told a shape are gone.
  func translated(_ model: SourceModel, path: String) -> SourceModel {
    var model = model
    for index in model.layers.indices where model.layers[index].className == "TensorFlowOpLayer" {
      readNode(&model.layers[index], path: joined(path, model.layers[index].name))
    }
    simplifyIdentities(&model)
    let shapes = ShapeFunctions(model)
    for index in model.layers.indices {
      guard let function = Self.function(of: model.layers[index]),
        !shapes.names.contains(model.layers[index].name)
      else { continue }
      translate(
        &model.layers[index], function, shapes, path: joined(path, model.layers[index].name))
    }
    dropUnread(&model, shapes.names)
    // What is left is read as numbers.
    for index in model.layers.indices where shapes.names.contains(model.layers[index].name) {
      let layer = model.layers[index]
      guard let call = shapes.materialized(layer) else {
        report.unsupported(
          joined(path, layer.name), layer.className, option: "function",
          reason: "the model computes with the shape of a tensor")
        continue
      }
      model.layers[index].className = "ops.Sizes"
      model.layers[index].config = [:]
      model.layers[index].calls = [call]
    }
    return model
  }

  /// The function that a layer calls, or nil where it is another one.
  static func function(of layer: SourceLayer) -> String? {
    guard ["TFOpLambda", "SlicingOpLambda"].contains(layer.className) else { return nil }
    let name = layer.config["function"]?.string ?? ""
    let prefix = ["compat.v1.", "compat.v2."].first(where: name.hasPrefix)
    return prefix.map { String(name.dropFirst($0.count)) } ?? name
  }

  /// Makes of a node of TensorFlow's graph the function that makes such nodes.
  private func readNode(_ layer: inout SourceLayer, path: String) {
    guard let node = layer.config["node_def"].flatMap({ NodeDefinition($0) }) else {
      report.invalid(
        path, layer.className, option: "node_def",
        reason: "expected a node of TensorFlow's graph, found \(layer.config["node_def"] ?? .null)")
      return
    }
    guard let made = RawOperation.of(node.operation)?.translated(layer, node) else {
      report.unsupported(
        path, layer.className, option: "node_def",
        reason: "TensorFlow's operation \"\(node.operation)\" is not supported")
      return
    }
    layer = made
  }

  private func translate(
    _ layer: inout SourceLayer, _ function: String, _ shapes: ShapeFunctions,
    path: String
  ) {
    var function = function
    if let call = layer.calls.first,
      let indexing = SliceArguments.indexing(function, call, shapes.elements)
    {
      function = "__operators__.getitem"
      layer.calls = [indexing]
    }
    guard layer.calls.count == 1, let rule = FunctionRule.of(function, layer.calls[0]) else {
      report.unsupported(
        path, layer.className, option: "function", reason: Self.refusal(of: function))
      return
    }
    layer.className = rule.className
    var call = layer.calls[0]
    var config = rule.defaults
    var kept: [String: CallTree<ValueReference>] = [:]
    var tensors: [ValueReference] = []
    let transposes = Self.transposes(rule, call)
    if let receiver = rule.receiver, !call.positional.isEmpty {
      call.keywords[receiver] = call.positional.removeFirst()
    }
    let receivers = rule.isCalledOnLast ? call.positional : []
    if rule.isCalledOnLast { call.positional = [] }
    call.positional = rule.leading.map { .constant($0) } + call.positional
    for name in rule.operands {
      guard let operand = call.keywords.removeValue(forKey: name) else {
        if rule.operands == ["y"] {
          report.unsupported(
            path, layer.className, option: name,
            reason:
              "Keras 2 wrote \"\(function)\" without its second operand, so that the file does "
              + "not tell it")
        }
        // What else the file leaves out, the operation misses and says so.
        continue
      }
      if name == "slice_spec", let key = shapes.expression(operand, &tensors) {
        call.positional.append(.constant(Self.index(key)))
      } else {
        call.positional.append(operand)
      }
    }
    call.positional += receivers + rule.constants.map { .constant($0) }
    for (name, argument) in call.keywords.sorted(by: { $0.key < $1.key }) {
      if let option = rule.options[name] ?? (rule.receiver == name ? name : nil) {
        if let value = argument.constant {
          if !value.isNull {
            config[option] = Self.option(option, SerializedValues.unwrapped(value))
          }
        } else if let value = shapes.expression(argument, &tensors) {
          kept[option] = .constant(value)
        } else {
          report.unsupported(
            path, layer.className, option: name, reason: "an argument that the graph computes")
        }
      } else if rule.kept.contains(name) {
        kept[name] = argument
      } else if !rule.isIdle(name, argument), transposes == nil {
        report.unsupported(
          path, layer.className, option: name,
          reason: "the function \"\(function)\" is not supported with this argument"
            + (argument.constant.map { ", \($0)" } ?? ""))
      }
    }
    FunctionRule.settle(&config)
    if let transposes {
      layer.className = "ops.Einsum"
      config = ["subscripts": .string(transposes)]
    }
    for (place, tensor) in tensors.enumerated() { kept["shape:\(place)"] = .value(tensor) }
    call.keywords = kept
    layer.calls = [call]
    layer.config = config
  }

  private static func refusal(of function: String) -> String {
    if isRandom(function) {
      return "TensorFlow's function \"\(function)\" draws at random, in inference too"
    }
    // Keras 2 writes the first argument of a function, here the equation, and those by name.
    return function == "einsum"
      ? "Keras 2 writes an einsum without its tensors, so that the file does not tell them"
      : "TensorFlow's function \"\(function)\" is not supported"
  }

  /// Whether a function computes something else every time it is called.
  private static func isRandom(_ function: String) -> Bool {
    ["random.", "image.random_", "nn.dropout", "nn.experimental.general_dropout"]
      .contains(where: function.hasPrefix)
  }

  /// The equation of a product whose sides are transposed, or nil where none is.
  private static func transposes(_ rule: FunctionRule, _ call: SourceCall) -> String? {
    guard rule.className == "ops.Matmul" else { return nil }
    func isSet(_ names: String...) -> Bool {
      names.contains { call.keywords[$0]?.constant?.bool == true }
    }
    let (a, b) = (isSet("transpose_a", "adjoint_a"), isSet("transpose_b", "adjoint_b"))
    guard a || b else { return nil }
    return "...\(a ? "ji" : "ij"),...\(b ? "kj" : "jk")->...ik"
  }

  /// The value of an option in the canonical dialect.
  private static func option(_ name: String, _ value: JSONValue) -> JSONValue {
    switch name {
    case "indices_or_sections":
      // TensorFlow gives the parts' sizes, Keras the places of the cuts; behind a part whose size is
      // what the others leave they count from the end.
      guard let sizes = value.array?.map({ $0.int ?? 0 }) else { return value }
      let open = sizes.firstIndex(of: -1) ?? sizes.count
      return .array(
        sizes.indices.dropLast().map { place in
          .int(
            place < open
              ? sizes[...place].reduce(0, &+) : 0 &- sizes[(place + 1)...].reduce(0, &+))
        })
    case "dtype":
      return .string(
        value.string?.replacing("<dtype: '", with: "").replacing("'>", with: "") ?? "")
    case "interpolation":
      // TensorFlow 1's numbers for them.
      let ways = ["bilinear", "nearest", "bicubic", "area"]
      if let number = value.int, ways.indices.contains(number) { return .string(ways[number]) }
      return value.string.map { .string($0.lowercased()) } ?? value
    case "mode", "padding": return value.string.map { .string($0.lowercased()) } ?? value
    case "size":
      // TensorFlow counts the batch and the channels too.
      guard let numbers = value.array, numbers.count > 3, numbers.first == .int(1),
        numbers.last == .int(1)
      else { return value }
      return .array(Array(numbers.dropFirst().dropLast()))
    default: return value
    }
  }

  /// An index as Keras 3 writes it: TensorFlow's slices are bare dictionaries.
  static func index(_ index: JSONValue) -> JSONValue {
    index.array.map { .array($0.map(item)) } ?? item(index)
  }

  private static func item(_ item: JSONValue) -> JSONValue {
    guard item.object != nil, item["class_name"] == nil else { return item }
    return .object(["class_name": .string("__slice__"), "config": item])
  }

  /// Makes a copy of the first tensor of every node that hands several on; what reads its further
  /// outputs reads the inputs that they are.
  private func simplifyIdentities(_ model: inout SourceModel) {
    for place in model.layers.indices
    where Self.function(of: model.layers[place]) == "identity_n" {
      let name = model.layers[place].name
      let inputs = model.layers[place].calls.flatMap(\.references)
      func source(_ value: ValueReference) -> ValueReference {
        value.layer == name && value.output > 0 && inputs.indices.contains(value.output)
          ? inputs[value.output] : value
      }
      model = model.mappingReferences(source)
      model.layers[place].config = ["function": .string("identity")]
      model.layers[place].calls = inputs.prefix(1).map { SourceCall(positional: [.value($0)]) }
    }
  }

  /// Removes those of the layers that nothing reads any more.
  private func dropUnread(_ model: inout SourceModel, _ shapes: Set<String>) {
    var unread: Set<String>
    repeat {
      let read = Set(
        (model.layers.flatMap { $0.calls.flatMap(\.references) } + model.outputs.map(\.value))
          .map(\.layer))
      unread = Set(model.layers.map(\.name)).intersection(shapes).subtracting(read)
      model.layers.removeAll { unread.contains($0.name) }
    } while !unread.isEmpty
  }
}

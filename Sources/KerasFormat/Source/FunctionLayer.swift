import ModelFormat

/// Brings the layers that Keras 2 makes of TensorFlow's functions, `TFOpLambda` and
/// `SlicingOpLambda`, into the operations of the canonical dialect.
///
/// The function's name is the layer's option `function`; its first argument is what the call is
/// made on, all others are the call's keywords, constants among them.
struct FunctionLayer {
  /// Where problems are told.
  let report: ImportReport

  /// The model with its functions told as operations; the calls that only told a shape are gone.
  func translated(_ model: SourceModel, path: String) -> SourceModel {
    var model = model
    for index in model.layers.indices {
      guard let function = Self.function(of: model.layers[index]) else { continue }
      translate(&model.layers[index], function, path: joined(path, model.layers[index].name))
    }
    dropUnread(&model)
    return model
  }

  private static func function(of layer: SourceLayer) -> String? {
    guard ["TFOpLambda", "SlicingOpLambda"].contains(layer.className) else { return nil }
    return layer.config["function"]?.string ?? ""
  }

  private func translate(_ layer: inout SourceLayer, _ function: String, path: String) {
    if Self.shapes.contains(function) { return }
    guard let rule = FunctionRule.of(function), layer.calls.count == 1 else {
      report.unsupported(
        path, layer.className, option: "function", reason: "TensorFlow's function \"\(function)\"")
      return
    }
    layer.className = rule.className
    var call = layer.calls[0]
    var config = rule.defaults
    var kept: [String: CallTree<ValueReference>] = [:]
    let transposes = Self.transposes(rule, call)
    for name in rule.operands {
      // What the file leaves out, the operation misses and says so.
      guard let operand = call.keywords.removeValue(forKey: name) else { continue }
      call.positional.append(name == "slice_spec" ? Self.index(operand) : operand)
    }
    for (name, argument) in call.keywords.sorted(by: { $0.key < $1.key }) {
      if let option = rule.options[name] {
        if let value = Self.option(option, argument) {
          if !value.isNull { config[option] = value }
        } else {
          report.unsupported(
            path, layer.className, option: name, reason: "an argument that the graph computes")
        }
      } else if rule.kept.contains(name) {
        kept[name] = argument
      } else if name != "name", argument.constant?.isNull != true,
        argument.constant != rule.idle[name] || argument.constant == nil, transposes == nil
      {
        report.unsupported(
          path, layer.className, option: name,
          reason: "the function \"\(function)\" with this argument")
      }
    }
    if let transposes {
      layer.className = "ops.Einsum"
      config = ["subscripts": .string(transposes)]
    }
    call.keywords = kept
    layer.calls = [call]
    layer.config = config
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

  /// The value of an option, or nil where the graph computes it.
  private static func option(
    _ name: String, _ argument: CallTree<ValueReference>
  ) -> JSONValue? {
    switch (name, argument) {
    case ("newshape", .list(let sizes)):
      // The one size that the graph computes can only be what the others leave.
      let constants = sizes.map(\.constant)
      guard constants.count(where: { $0 == nil }) == 1, !constants.contains(.int(-1)) else {
        return nil
      }
      return .array(constants.map { $0 ?? .int(-1) })
    case ("indices_or_sections", .constant(.array(let sizes))):
      // TensorFlow gives the parts' sizes, Keras the places of the cuts.
      var places: [JSONValue] = []
      var sum = 0
      for size in sizes.dropLast() {
        guard let size = size.int, (0...(1 << 28)).contains(size) else { return nil }
        sum += size
        places.append(.int(sum))
      }
      return .array(places)
    case ("dtype", .constant(let type)):
      return .string(type.string?.replacing("<dtype: '", with: "").replacing("'>", with: "") ?? "")
    case ("mode", .constant(let mode)): return .string(mode.string?.lowercased() ?? "")
    default: return argument.constant
    }
  }

  /// An index as Keras 3 writes it: TensorFlow's slices are bare dictionaries.
  private static func index(_ tree: CallTree<ValueReference>) -> CallTree<ValueReference> {
    guard let index = tree.constant else { return tree }
    return .constant(index.array.map { .array($0.map(item)) } ?? item(index))
  }

  private static func item(_ item: JSONValue) -> JSONValue {
    guard item.object != nil, item["class_name"] == nil else { return item }
    return .object(["class_name": .string("__slice__"), "config": item])
  }

  /// The functions that tell a tensor's shape, which is known without them.
  private static let shapes: Set = ["compat.v1.shape", "shape"]

  /// Removes the layers that told a shape, and what only they were read by.
  private func dropUnread(_ model: inout SourceModel) {
    var unread = model.layers.filter { Self.function(of: $0).map(Self.shapes.contains) == true }
    guard !unread.isEmpty else { return }
    repeat {
      let read = Set(
        (model.layers.flatMap { $0.calls.flatMap(\.references) } + model.outputs.map(\.value))
          .map(\.layer))
      unread = model.layers.filter { layer in
        !read.contains(layer.name)
          && (layer.className == "ops.GetItem" || Self.function(of: layer) != nil)
      }
      let names = Set(unread.map(\.name))
      model.layers.removeAll { names.contains($0.name) }
    } while !unread.isEmpty
  }
}

import ModelFormat

/// Keras 1's `Merge`: one class for all ways to merge, and in a Sequential model also the place
/// where several branches meet.
struct Keras1Merge {
  /// Where problems are told.
  let report: ImportReport

  /// Today's class for each mode.
  private static let classes = [
    "ave": "Average", "concat": "Concatenate", "cos": "CosineMerge", "dot": "Dot",
    "max": "Maximum", "mul": "Multiply", "sum": "Add",
  ]

  /// The options of today's classes.
  static let rule = Keras1Rule(
    name: "Merge",
    choose: { config in isFunction(config) ? nil : config["mode"]?.string.flatMap { classes[$0] } },
    adjust: { config, original in
      let kept: Set = ["layers", "name", "trainable"]
      config = config.filter { kept.contains($0.key) }
      switch original["mode"]?.string {
      case "concat": config["axis"] = original["concat_axis"] ?? .int(-1)
      case "cos", "dot":
        let axes = (original["dot_axes"] ?? .int(-1)).leaves
        config["axes"] = axes.count == 1 ? axes[0] : .array(axes)
      default: break
      }
    },
    refuse: { config in
      if isFunction(config) {
        let name = config["mode"]?.string.map { "the Python function \"\($0)\"" }
        return (
          "mode",
          "merges by \(name ?? "a Python lambda"), whose code is never run; Keras 1's own modes are "
            + "\(classes.keys.sorted().joined(separator: ", "))"
        )
      }
      guard let mode = config["mode"]?.string, classes[mode] != nil else {
        return ("mode", "expected one of Keras 1's modes, found \(config["mode"] ?? .null)")
      }
      return nil
    })

  /// Whether a merge is by code, which the file has by name or as bytes, and not by a mode.
  private static func isFunction(_ config: Keras1Rule.Options) -> Bool {
    config["mode_type"].map { $0 != .string("raw") } ?? (config["mode"]?.array != nil)
  }

  /// A Sequential model that begins with branches as the functional model that it is.
  func unfolded(_ model: JSONValue) -> JSONValue {
    guard let layers = model["config"]?.array, let first = layers.first,
      first["config"]?["layers"]?.array != nil
    else { return model }
    var inputs: [String: Int] = [:]
    guard let part = part(of: model, inputs: &inputs) else {
      report.invalid("", option: "model_config", reason: "expected branches to merge, found others")
      return model
    }
    return .object([
      "class_name": .string("Model"),
      "config": .object([
        "name": model["config"]?["name"] ?? .string("sequential"),
        "layers": .array(part.layers), "input_layers": .array(part.inputs),
        "output_layers": .array([part.output]),
      ]),
    ])
  }

  /// The layers of a model with their calls, and what the model reads and gives.
  private struct Part {
    var layers: [JSONValue] = []
    var inputs: [JSONValue] = []
    var output = JSONValue.null
  }

  private func part(of model: JSONValue, inputs counts: inout [String: Int]) -> Part? {
    guard let config = model["config"] else { return nil }
    if let layers = config.array { return chain(layers, inputs: &counts) }
    guard let layers = config["layers"]?.array, let inputs = config["input_layers"]?.array,
      let outputs = config["output_layers"]?.array, outputs.count == 1
    else { return nil }
    return Part(layers: layers, inputs: inputs, output: outputs[0])
  }

  private func chain(_ layers: [JSONValue], inputs counts: inout [String: Int]) -> Part? {
    let layers = Self.flattened(layers)
    guard let first = layers.first else { return nil }
    var part = Part()
    var sources: [JSONValue] = []
    if let branches = first["config"]?["layers"]?.array, first["config"]?["name"] != nil {
      for branch in branches {
        guard let inner = self.part(of: branch, inputs: &counts) else { return nil }
        part.layers += inner.layers
        part.inputs += inner.inputs
        sources.append(inner.output)
      }
    } else {
      guard let input = Self.input(of: first, &counts) else { return nil }
      part.layers.append(input)
      sources = [Self.reference(input)]
      part.inputs = sources
    }
    for layer in Self.isInput(first) ? layers.dropFirst() : layers[...] {
      guard var members = layer.object, let name = LayerParser.name(of: layer) else { return nil }
      var config = members["config"]?.object ?? [:]
      if layer["config"]?.object != nil {
        config["layers"] = nil
        members["config"] = .object(config)
      }
      members["name"] = .string(name)
      members["inbound_nodes"] = .array([.array(sources)])
      part.layers.append(.object(members))
      sources = [Self.reference(.object(members))]
    }
    part.output = sources[0]
    return part
  }

  /// The layers of a Sequential model with those of the Sequential models among them, which have no
  /// names, in their place; Keras 1 saves their weights so too.
  private static func flattened(_ layers: [JSONValue]) -> [JSONValue] {
    layers.enumerated().flatMap { place, layer in
      guard layer["class_name"]?.string == "Sequential", let inner = layer["config"]?.array else {
        return [layer]
      }
      let parts = flattened(inner)
      return place > 0 && parts.first.map(isInput) == true ? Array(parts.dropFirst()) : parts
    }
  }

  private static func isInput(_ layer: JSONValue) -> Bool {
    layer["class_name"]?.string == "InputLayer"
  }

  /// The input layer that a model begins with, or the one in front of its first layer, which holds
  /// the input's shape; that is named by the layer's class and its number among the inputs, as
  /// Keras 1 does.
  private static func input(of layer: JSONValue, _ counts: inout [String: Int]) -> JSONValue? {
    guard let className = layer["class_name"]?.string?.lowercased(),
      let shape = layer["config"]?["batch_input_shape"]
    else { return nil }
    counts[className, default: 0] += 1
    let own = isInput(layer) ? layer["config"]?["name"] : nil
    let input = own ?? .string("\(className)_input_\(counts[className, default: 0])")
    return .object([
      "class_name": .string("InputLayer"), "name": input, "inbound_nodes": .array([]),
      "config": .object([
        "name": input, "batch_input_shape": shape,
        "dtype": layer["config"]?["dtype"] ?? layer["config"]?["input_dtype"]
          ?? .string("float32"),
      ]),
    ])
  }

  private static func reference(_ layer: JSONValue) -> JSONValue {
    .array([layer["name"] ?? .null, .int(0), .int(0)])
  }
}

extension JSONValue {
  /// The plain values in lists of any depth.
  fileprivate var leaves: [JSONValue] { array.map { $0.flatMap(\.leaves) } ?? [self] }
}

import ModelFormat

/// Operations as earlier versions of Keras 3 told them: by options of other names, and by arguments
/// of the call that are options today.
struct FormerOperation: Sendable {
  /// The options' names today by those that they had.
  var options: [String: String] = [:]
  /// The options that stood among the call's arguments, by name or at the position.
  var arguments: [Int: String] = [:]
  /// What the call gives today at positions that it lacked, from the first of them on.
  var defaults: (position: Int, values: [JSONValue]) = (0, [])

  private static let table: [String: FormerOperation] = [
    "ops.Arange": FormerOperation(arguments: [3: "dtype"]),
    "ops.Array": FormerOperation(arguments: [1: "dtype"]),
    "ops.DotProductAttention": FormerOperation(
      arguments: [6: "flash_attention", 7: "attn_logits_soft_cap"]),
    "ops.FullLike": FormerOperation(arguments: [2: "dtype"]),
    "ops.Isclose": FormerOperation(
      arguments: [4: "equal_nan"], defaults: (2, [.double(1e-5), .double(1e-8)])),
    "ops.MultiHot": FormerOperation(options: ["num_tokens": "num_classes"]),
    "ops.OnesLike": FormerOperation(arguments: [1: "dtype"]),
    "ops.Reshape": FormerOperation(options: ["new_shape": "newshape"]),
    "ops.Scatter": FormerOperation(arguments: [2: "shape"]),
    "ops.SearchSorted": FormerOperation(arguments: [2: "side"]),
    "ops.Slice": FormerOperation(arguments: [2: "shape"]),
    "ops.Threshold": FormerOperation(
      options: ["threshold_value": "threshold", "value": "default_value"]),
    "ops.ZerosLike": FormerOperation(arguments: [1: "dtype"]),
  ]

  /// The layer as today's Keras tells it, where it is an operation that is called once.
  static func translated(_ layer: SourceLayer) -> SourceLayer {
    if layer.className == "ops.Normalize" { return normalization(layer) }
    if layer.className == "ops.Rearrange" { return rearrangement(layer) }
    guard let rule = table[layer.className], layer.calls.count == 1 else { return layer }
    var layer = layer
    for (former, present) in rule.options {
      guard let value = layer.config.removeValue(forKey: former) else { continue }
      layer.config[present] = layer.config[present] ?? value
    }
    for (position, option) in rule.arguments.sorted(by: { $0.key > $1.key }) {
      rule.move(option, at: position, of: &layer)
    }
    let missing = rule.defaults.position + rule.defaults.values.count
    let given = layer.calls[0].positional.count
    if given >= rule.defaults.position, given < missing {
      layer.calls[0].positional += rule.defaults.values.suffix(missing - given)
        .map { .constant($0) }
    }
    return layer
  }

  /// A rearrangement, whose pattern and sizes Keras gives the call.
  private static func rearrangement(_ layer: SourceLayer) -> SourceLayer {
    guard layer.calls.count == 1,
      let tensor = layer.calls[0].positional.first ?? layer.calls[0].keywords["tensor"]
    else { return layer }
    var layer = layer
    var sizes = layer.calls[0].keywords.compactMapValues(\.constant)
    let pattern = sizes.removeValue(forKey: "pattern")
    layer.config["pattern"] = pattern ?? layer.calls[0].positional.dropFirst().first?.constant
    layer.config["axes_lengths"] = .object(sizes)
    layer.calls[0] = SourceCall(positional: [tensor])
    return layer
  }

  /// A normalisation over one axis, or by the Euclidean length over several.
  private static func normalization(_ layer: SourceLayer) -> SourceLayer {
    guard let axes = layer.config["axis"].map(SerializedValues.unwrapped)?.array else {
      return layer
    }
    var layer = layer
    if axes.count == 1 {
      layer.config["axis"] = axes[0]
    } else if layer.config["order"]?.double ?? 2 == 2 {
      layer.className = "ops.L2Normalize"
      layer.config["order"] = nil
      layer.config["axis"] = .array(axes)
      if layer.config["epsilon"]?.isNull != false { layer.config["epsilon"] = .double(1e-7) }
    }
    return layer
  }

  /// Makes an option of an argument that is no tensor; what the graph computes stays where it is.
  private func move(_ option: String, at position: Int, of layer: inout SourceLayer) {
    var value = layer.calls[0].keywords[option]?.constant
    if value != nil {
      layer.calls[0].keywords[option] = nil
    } else if layer.calls[0].positional.count == position + 1 {
      value = layer.calls[0].positional[position].constant
      if value != nil { layer.calls[0].positional.removeLast() }
    }
    guard let value, !value.isNull else { return }
    layer.config[option] = SerializedValues.unwrapped(value)
  }
}

import ModelFormat

/// Functions of TensorFlow that are told as several, one after another, or as another one.
enum FunctionChain {
  private typealias Tree = CallTree<ValueReference>

  /// The model with every such function told so.
  static func translated(_ model: SourceModel) -> SourceModel {
    var model = model
    var norms: [String: String] = [:]
    model.layers = model.layers.flatMap { layer -> [SourceLayer] in
      guard let function = FunctionLayer.function(of: layer), layer.calls.count == 1 else {
        return [layer]
      }
      switch function {
      case "boolean_mask": return [chosen(layer)]
      case "clip_by_value": return clipped(layer)
      case "linalg.normalize":
        norms[layer.name] = layer.name + "/norm"
        return normalized(layer)
      case "math.zero_fraction": return zeroFraction(layer)
      default: return [layer]
      }
    }
    guard !norms.isEmpty else { return model }
    return model.mappingReferences { value in
      // The norm is the function's second output.
      guard value.output == 1, let norm = norms[value.layer] else { return value }
      return ValueReference(layer: norm, call: 0)
    }
  }

  /// What a constant mask of one axis chooses, by its places.
  private static func chosen(_ layer: SourceLayer) -> SourceLayer {
    let mask = layer.calls[0].keywords["mask"]?.constant?.array?.map(\.bool) ?? []
    guard !mask.isEmpty, !mask.contains(nil) else { return layer }
    var call = layer.calls[0]
    call.keywords["mask"] = nil
    call.keywords["axis"] = call.keywords["axis"] ?? .constant(.int(0))
    call.keywords["indices"] = .constant(
      .array(mask.indices.filter { mask[$0] == true }.map { .int($0) }))
    return function("gather", layer.name, call, like: layer)
  }

  /// max(min(x, b), a), where a bound is no number, but a tensor or a constant of many.
  private static func clipped(_ layer: SourceLayer) -> [SourceLayer] {
    let call = layer.calls[0]
    guard let x = call.positional.first, let least = call.keywords["clip_value_min"],
      let most = call.keywords["clip_value_max"],
      least.constant?.double == nil || most.constant?.double == nil
    else { return [layer] }
    let upper = function("math.minimum", layer.name + "/upper", of: x, ["y": most], like: layer)
    return [
      upper,
      function("math.maximum", layer.name, of: value(of: upper), ["y": least], like: layer),
    ]
  }

  /// x / ‖x‖.
  private static func normalized(_ layer: SourceLayer) -> [SourceLayer] {
    guard let x = layer.calls[0].positional.first else { return [layer] }
    var keywords = layer.calls[0].keywords
    keywords["keepdims"] = .constant(.bool(true))
    let norm = function("norm", layer.name + "/norm", of: x, keywords, like: layer)
    return [
      norm, function("math.truediv", layer.name, of: x, ["y": value(of: norm)], like: layer),
    ]
  }

  /// The mean of x = 0.
  private static func zeroFraction(_ layer: SourceLayer) -> [SourceLayer] {
    guard let x = layer.calls[0].positional.first else { return [layer] }
    let zero: [String: Tree] = ["y": .constant(.int(0))]
    let float: [String: Tree] = ["dtype": .constant(.string("float32"))]
    let equal = function("math.equal", layer.name + "/equal", of: x, zero, like: layer)
    let number = function(
      "cast", layer.name + "/number", of: value(of: equal), float, like: layer)
    return [
      equal, number, function("math.reduce_mean", layer.name, of: value(of: number), like: layer),
    ]
  }

  private static func value(of layer: SourceLayer) -> Tree {
    .value(ValueReference(layer: layer.name, call: 0))
  }

  private static func function(
    _ name: String, _ layerName: String, of x: Tree, _ keywords: [String: Tree] = [:],
    like layer: SourceLayer
  ) -> SourceLayer {
    function(name, layerName, SourceCall(positional: [x], keywords: keywords), like: layer)
  }

  private static func function(
    _ name: String, _ layerName: String, _ call: SourceCall, like layer: SourceLayer
  ) -> SourceLayer {
    var layer = layer
    layer.name = layerName
    layer.className = "TFOpLambda"
    layer.config["function"] = .string(name)
    layer.calls = [call]
    return layer
  }
}

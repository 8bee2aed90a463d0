import ModelFormat

/// The masks that Python's tensors have by now: calls take them away and put others there, and what
/// is called on these tensors later finds them so.
struct MaskObjects {
  private let version: KerasVersion
  /// The masks of the objects whose masks have changed; nil for those that have none now.
  private var changed: [String: ImplicitMask?] = [:]
  private var copies = 0

  /// The objects of a model that the given version of Keras wrote, of which none has changed.
  init(version: KerasVersion) {
    self.version = version
  }

  /// A value as a call of a layer finds it: with the mask that it has by now, and as a copy where
  /// the layer computes in another type.
  ///
  /// A copy for a nested model gets the masks that are given to the call, or those of its inputs.
  mutating func given(
    _ value: GraphValue, to layer: SourceLayer, in call: SourceCall
  ) -> GraphValue {
    var value = value
    if let mask = changed[value.object] { value.mask = mask }
    guard version.major >= 3, !layer.isOperation, value.type != layer.type else { return value }
    value = copy(of: value, type: layer.type)
    let losesMask = layer.model == nil ? version.copiesHaveNoMasks : call.givesMask
    if losesMask { value.mask = nil }
    return value
  }

  /// A value as a nested model has it whose input is of that type, with the mask that the call gives.
  ///
  /// Before Keras 3 the mask is lost where the type is another.
  mutating func entering(
    _ value: GraphValue, type: String?, mask: ImplicitMask?
  ) -> GraphValue {
    let isCopied = value.type != type
    var value = isCopied && version.major >= 3 ? copy(of: value, type: type) : value
    if let mask {
      value.mask = mask
      // Keras leaves the mask on the tensor.
      setMask(of: value, to: mask)
    }
    if isCopied && version.major < 3 {
      value = copy(of: value, type: type)
      value.mask = nil
    }
    return value
  }

  private mutating func copy(of value: GraphValue, type: String?) -> GraphValue {
    copies += 1
    var copy = value
    copy.object = "copy \(copies)"
    copy.type = type
    return copy
  }

  /// Changes the mask of the object that a value is.
  mutating func setMask(of value: GraphValue, to mask: ImplicitMask?) {
    changed[value.object] = .some(mask)
  }

  /// The outputs of a call as the objects that they are, after what the call does to its inputs.
  ///
  /// Since Keras 3.8 `MultiHeadAttention` takes the masks away from the tensors that it is given.
  mutating func follow(
    _ call: BoundCall, of layer: SourceLayer, _ outputs: [GraphValue]
  ) -> [GraphValue] {
    if layer.model != nil { return outputs }
    var outputs = outputs
    for index in outputs.indices {
      outputs[index].type = layer.isOperation ? call.resultType(of: layer) : layer.type
    }
    if version.major >= 3, let input = call.returnedInput(of: layer), !outputs.isEmpty {
      outputs[0].object = input.object
      if layer.isOperation { outputs[0].mask = input.mask }
    }
    if layer.className == "MultiHeadAttention", version.attentionTakesMasks {
      for input in call.inputs { setMask(of: input, to: nil) }
    }
    return outputs
  }
}

extension BoundCall {
  /// The floating-point type of what a function gives; nil for single precision.
  fileprivate func resultType(of function: SourceLayer) -> String? {
    let given = inputs.first?.type
    switch function.className {
    case "ops.Array", "ops.Cast", "ops.ConvertToTensor", "ops.SaturateCast":
      guard let asked = function.config["dtype"] ?? arguments["dtype"],
        DTypePolicy.floatingPointName(asked) != nil
      else { return given }
      return DTypePolicy.computeType(asked)
    default: return given
    }
  }

  /// The input where Keras 3, when it predicts, gives back the very tensor that the layer is called
  /// on.
  fileprivate func returnedInput(of layer: SourceLayer) -> GraphValue? {
    guard let input = inputs.first else { return nil }
    return switch layer.className {
    case "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise",
      "Identity", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
      "ops.Conj", "ops.Conjugate", "ops.Real":
      input
    case "Activation": layer.config["activation"] == .string("linear") ? input : nil
    case "ops.Array", "ops.Cast", "ops.ConvertToTensor":
      resultType(of: layer) == input.type ? input : nil
    case "ops.Moveaxis": layer.config["source"] == layer.config["destination"] ? input : nil
    case "ops.Swapaxes": layer.config["axis1"] == layer.config["axis2"] ? input : nil
    default: nil
    }
  }
}

extension SourceLayer {
  /// Whether this is a function, which computes in whatever type it is given.
  var isOperation: Bool { className.hasPrefix("ops.") }
}

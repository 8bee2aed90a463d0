import Tensors

/// y = x with its first axis cut into batch and time: the way out of a `TimeDistributed` layer.
///
/// Inputs: x (B·T, …), and what went into ``FoldTime``, (B, T, …). Output: (B, T, …).
struct UnfoldTime: Layer {
  static let classNames = ["UnfoldTime"]
  static let elementTypes = ElementType.allCases

  init(_ reader: inout LayerReader) {}

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard call.inputs.count == 2, call.inputs[1].shape.rank >= 2, call.inputs[0].shape.rank >= 1,
      call.inputs[0].shape[0] == call.inputs[1].shape[0] * call.inputs[1].shape[1]
    else {
      throw LayerError("expected a folded and a whole tensor, found \(call.inputs)")
    }
    let sizes =
      call.inputs[1].shape.dimensions.prefix(2) + call.inputs[0].shape.dimensions.dropFirst()
    return [TensorType(Shape(Array(sizes)), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

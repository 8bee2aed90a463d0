import Tensors

/// y = x with the time axis laid into the batch axis: the way into a `TimeDistributed` layer.
///
/// Input: (B, T, …). Output: (B·T, …). The canonical dialect spells `TimeDistributed(L)` as
/// `FoldTime`, the layer L, and ``UnfoldTime``.
struct FoldTime: Layer {
  static let classNames = ["FoldTime"]
  static let elementTypes = ElementType.allCases

  init(_ reader: inout LayerReader) {}

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.rank >= 2 else {
      throw LayerError("expected a batch and a time axis, found shape \(shape)")
    }
    let sizes = [shape[0] * shape[1]] + shape.dimensions.dropFirst(2)
    return [TensorType(Shape(sizes), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

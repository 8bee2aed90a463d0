import Tensors

/// y = x with all axes but the first one laid end to end.
///
/// Input: (B, …). Output: (B, N), N the product of the other sizes; (B, 1) for an input (B).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/flatten/>
struct Flatten: Layer {
  static let classNames = ["Flatten"]
  static let elementTypes = ElementType.allCases

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.rank > 0 else { throw LayerError("expected a batch axis, found a scalar") }
    let items = Shape(Array(shape.dimensions.dropFirst()))
    return [TensorType([shape[0], items.elementCount], call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

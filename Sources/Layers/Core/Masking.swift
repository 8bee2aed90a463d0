import Tensors

/// y[b, t, :] = x[b, t, :] where any of its numbers differs from `mask_value`, else 0.
///
/// The mask itself is a value of the graph, which the layers read that compute with it.
///
/// Input and output: (…, F).
///
/// Keras: <https://keras.io/api/layers/core_layers/masking/>
struct Masking: Layer {
  static let classNames = ["Masking"]

  var convertsWholeNumbers: Bool { false }

  private let maskValue: Float

  init(_ reader: inout LayerReader) {
    maskValue = Float(reader.number("mask_value", default: 0))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let width = shape.rank > 0 ? shape[-1] : 1
    let rows = shape.elementCount / max(width, 1)
    let maskValue = maskValue
    return .run { buffers in
      for row in 0..<rows {
        let (x, y) = (buffers.input(0) + row * width, buffers.output() + row * width)
        if (0..<width).contains(where: { x[$0] != maskValue }) {
          y.update(from: x, count: width)
        } else {
          y.update(repeating: 0, count: width)
        }
      }
    }
  }
}

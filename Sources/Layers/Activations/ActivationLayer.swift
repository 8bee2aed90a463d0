import Tensors

/// y = f(x): `Activation` with a function's name, and the layers that are a function with
/// parameters.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/activation_layers/>
struct ActivationLayer: Layer {
  static let classNames = ["Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU"]

  let function: ActivationFunction

  init(_ reader: inout LayerReader) {
    switch reader.className {
    case "ReLU":
      function = .elementwise(
        .relu(
          negativeSlope: Float(reader.number("negative_slope", default: 0)),
          maxValue: Float(reader.number("max_value", default: .infinity)),
          threshold: Float(reader.number("threshold", default: 0))))
    case "LeakyReLU":
      let slope = reader.number("negative_slope", default: 0.3)
      function = .elementwise(.leakyReLU(negativeSlope: Float(slope)))
    case "ELU":
      function = .elementwise(.elu(alpha: Float(reader.number("alpha", default: 1))))
    case "ThresholdedReLU":
      function = .elementwise(.thresholdedReLU(theta: Float(reader.number("theta", default: 1))))
    default:
      function = reader.activation()
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let width = shape.rank > 0 ? shape[-1] : 1
    let rows = shape.elementCount / max(width, 1)
    let function = function
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: rows, grain: 16_384 / max(width, 1) + 1) { range in
        let start = range.lowerBound * width
        function.apply(x + start, y + start, rows: range.count, width: width)
      }
    }
  }
}

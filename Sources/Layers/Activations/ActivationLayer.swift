import Tensors

/// y = f(x): `Activation` with a function's name, and the layers that are a function with
/// parameters.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/activation_layers/>
struct ActivationLayer: AbsorbableLayer {
  static let classNames = ["Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU"]

  var convertsWholeNumbers: Bool { false }

  let function: ActivationFunction

  func isBatchIndependent(for call: LayerCall) -> Bool {
    !function.isOfRows || call.leavesBatch([-1])
  }

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
      function = reader.activation(allowsGLU: true)
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    guard shape.rank > 0 else { return [TensorType(shape)] }
    if function == .rows(.glu), shape[-1] % 2 != 0 {
      throw LayerError("expected an even size on the last axis to cut in half, found \(shape)")
    }
    shape[-1] = function.outputWidth(of: shape[-1])
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let width = shape.rank > 0 ? shape[-1] : 1
    let rows = shape.elementCount / max(width, 1)
    let (function, outputWidth) = (function, function.outputWidth(of: width))
    let rounding = context.rounding
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: rows, grain: 16_384 / max(width, 1) + 1) { range in
        let (x, y) = (x + range.lowerBound * width, y + range.lowerBound * outputWidth)
        if let rounding {
          rounding.apply(function, x, y, rows: range.count, width: width)
        } else {
          function.apply(x, y, rows: range.count, width: width)
        }
      }
    }
  }

  package func operation(rank: Int) -> GraphOperation? {
    guard case .elementwise(let activation) = function else { return nil }
    return .function(activation)
  }
}

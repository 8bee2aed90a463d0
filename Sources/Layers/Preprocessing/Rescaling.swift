import Tensors

/// y = x · scale + offset.
///
/// Both are numbers or arrays that broadcast to the input.
///
/// Input: any shape, any numbers. Output: the same shape.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>
struct Rescaling: Layer {
  static let classNames = ["Rescaling"]

  private let scale: Tensor
  private let offset: Tensor

  init(_ reader: inout LayerReader) {
    reader.refuseWholeNumbers()
    if reader.value("scale") == nil { reader.reject("scale", "expected a number, found none") }
    scale = reader.numbers("scale") ?? Tensor([], [Float(1)])
    offset = reader.numbers("offset") ?? Tensor([], [Float(0)])
    if broadcastShape(scale.shape, offset.shape) == nil {
      reader.reject(
        "offset", "expected a shape that goes with scale's \(scale.shape), found \(offset.shape)")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    _ = try pattern(for: shape)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let pattern = try pattern(for: call.inputs[0].shape)
    let (scale, offset) = (pattern.expanded(scale), pattern.expanded(offset))
    let rounding = context.rounding
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      if let rounding {
        return pattern.forEachRun(buffers.workers) { rows, start in
          for index in 0..<rows.count * pattern.width {
            let column = index % pattern.width
            let product = rounding(x[start + index] * rounding(scale[column]))
            y[start + index] = product + rounding(offset[column])
          }
        }
      }
      pattern.forEachRun(buffers.workers) { rows, start in
        CPUKernels.active.scaleShift(
          rows: rows.count, channels: pattern.width, scale: scale, shift: offset, x + start,
          into: y + start)
      }
    }
  }

  private func pattern(for shape: Shape) throws(LayerError) -> RowPattern {
    guard let parameters = broadcastShape(scale.shape, offset.shape),
      let pattern = RowPattern(shape, parameters: parameters)
    else {
      throw LayerError(
        "expected an input that scale \(scale.shape) and offset \(offset.shape) broadcast to, "
          + "found shape \(shape)")
    }
    return pattern
  }
}

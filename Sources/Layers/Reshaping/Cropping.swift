import Tensors

/// y = x without its first and last elements along each spatial axis: `Cropping1D` to `3D`.
///
/// Input: (B, spatial…, C). Output: (B, spatial - before - after…, C).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/cropping2d/>
struct Cropping: Layer {
  static let classNames = ["Cropping1D", "Cropping2D", "Cropping3D"]
  static let elementTypes = ElementType.allCases

  private let margins: [(before: Int, after: Int)]

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
    margins = reader.margins("cropping", rank: reader.spatialRank)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape(rank: margins.count + 2)
    for (axis, margin) in margins.enumerated() {
      let left = shape[axis + 1] - margin.before - margin.after
      guard left > 0 else {
        throw LayerError(
          "expected more than \(margin.before + margin.after) elements on spatial axis \(axis), "
            + "found shape \(shape)")
      }
      shape[axis + 1] = left
    }
    return [TensorType(shape, call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, output) = (call.inputs[0], call.outputs[0])
    let (strides, outputStrides) = (input.shape.strides, output.shape.strides)
    let start = margins.enumerated().reduce(0) { $0 + $1.element.before * strides[$1.offset + 1] }
    let elementBytes = input.elementType.byteCount
    return .run { buffers in
      CPUKernels.active.copy(
        output.shape, elementBytes: elementBytes,
        from: buffers.inputBytes(0) + start * elementBytes, strides: strides,
        to: buffers.outputBytes(), strides: outputStrides)
    }
  }
}

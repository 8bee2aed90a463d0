import Tensors

/// y = x with zeros in front of and behind each spatial axis: `ZeroPadding1D` to `3D`.
///
/// Input: (B, spatial…, C). Output: (B, before + spatial + after…, C).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/zero_padding2d/>
struct ZeroPadding: AbsorbableLayer {
  static let classNames = ["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]
  static let elementTypes: [ElementType] = []

  private let margins: [(before: Int, after: Int)]

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
    margins = reader.margins("padding", rank: reader.spatialRank)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape(rank: margins.count + 2)
    for (axis, margin) in margins.enumerated() { shape[axis + 1] += margin.before + margin.after }
    return [TensorType(shape, call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, output) = (call.inputs[0], call.outputs[0])
    let (inputStrides, strides) = (input.shape.strides, output.shape.strides)
    let start = margins.enumerated().reduce(0) { $0 + $1.element.before * strides[$1.offset + 1] }
    let elementBytes = input.elementType.byteCount
    return .run { buffers in
      buffers.outputBytes().initializeMemory(
        as: UInt8.self, repeating: 0, count: output.byteCount)
      CPUKernels.active.copy(
        input.shape, elementBytes: elementBytes, from: buffers.inputBytes(0),
        strides: inputStrides, to: buffers.outputBytes() + start * elementBytes, strides: strides)
    }
  }

  package func operation(rank: Int) -> GraphOperation? { .padding(margins) }
}

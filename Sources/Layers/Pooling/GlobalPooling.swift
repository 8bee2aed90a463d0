import Tensors

/// y[b, c] = the largest, or the mean, of x[b, …, c] over all spatial positions:
/// `GlobalMaxPooling1D` to `3D` and `GlobalAveragePooling1D` to `3D`.
///
/// Input: (B, spatial…, C). Output: (B, C), or (B, 1…, C) with `keepdims`.
///
/// Keras: <https://keras.io/api/layers/pooling_layers/>
struct GlobalPooling: Layer {
  static let classNames = [
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
  ]

  private let rank: Int
  private let takesMaximum: Bool
  private let keepsAxes: Bool

  init(_ reader: inout LayerReader) {
    rank = reader.spatialRank
    reader.requireChannelsLast()
    takesMaximum = reader.className.hasPrefix("GlobalMax")
    keepsAxes = reader.bool("keepdims", default: false)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: rank + 2)
    let kept = keepsAxes ? [Int](repeating: 1, count: rank) : []
    return [TensorType(Shape([shape[0]] + kept + [shape[-1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, channels) = (shape[0], shape[-1])
    let positions = shape.dimensions.dropFirst().dropLast().reduce(1, *)
    let reduction: Reduction = takesMaximum ? .max : .mean
    return .run { buffers in
      CPUKernels.active.reduce(
        reduction, outer: batch, count: positions, inner: channels, buffers.input(0),
        into: buffers.output())
    }
  }
}

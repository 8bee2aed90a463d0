import Tensors

/// y[b, c] = the largest, or the mean, of x[b, …, c] over all spatial positions:
/// `GlobalMaxPooling1D` to `3D` and `GlobalAveragePooling1D` to `3D`.
///
/// The mean in one dimension counts only the steps of the mask, given by keyword: (B, T).
///
/// Input: (B, spatial…, C). Output: (B, C), or (B, 1…, C) with `keepdims`.
///
/// Keras: <https://keras.io/api/layers/pooling_layers/>
struct GlobalPooling: Layer {
  static let classNames = [
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
  ]

  static let keywords: Set<String> = ["mask"]

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
    if let mask = call.keywords["mask"].map({ call.inputs[$0].shape }) {
      guard rank == 1, !takesMaximum, mask == Shape(shape.dimensions.dropLast()) else {
        throw LayerError("expected a mask of shape \(shape.dimensions.dropLast()), found \(mask)")
      }
    }
    let kept = keepsAxes ? [Int](repeating: 1, count: rank) : []
    return [TensorType(Shape([shape[0]] + kept + [shape[-1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, channels) = (shape[0], shape[-1])
    let positions = shape.dimensions.dropFirst().dropLast().reduce(1, *)
    if let mask = call.keywords["mask"] {
      return .run { buffers in
        for item in 0..<batch {
          let keep = buffers.input(mask) + item * positions
          let y = buffers.output() + item * channels
          y.update(repeating: 0, count: channels)
          var count: Float = 0
          for step in 0..<positions where keep[step] != 0 {
            let x = buffers.input(0) + (item * positions + step) * channels
            CPUKernels.active.binary(.add, count: channels, y, x, into: y)
            count += 1
          }
          for channel in 0..<channels { y[channel] /= count }
        }
      }
    }
    let reduction: Reduction = takesMaximum ? .max : .mean
    return .run { buffers in
      CPUKernels.active.reduce(
        reduction, outer: batch, count: positions, inner: channels, buffers.input(0),
        into: buffers.output())
    }
  }
}

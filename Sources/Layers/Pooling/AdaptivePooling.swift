import Tensors

/// y[b, p, c] = the mean, or the largest, of x[b, …, c] over one of `output_size` windows that
/// cover each axis: window i of n over a size s goes from ⌊i s / n⌋ to ⌈(i + 1) s / n⌉.
///
/// Input: (B, spatial…, C). Output: (B, output_size…, C).
///
/// Keras: <https://keras.io/api/layers/pooling_layers/>
struct AdaptivePooling: Layer {
  static let classNames = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
  ]

  var convertsWholeNumbers: Bool { false }

  private let sizes: [Int]
  private let takesMaximum: Bool

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
    takesMaximum = reader.className.hasPrefix("AdaptiveMax")
    sizes = reader.ints("output_size", count: reader.spatialRank)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: sizes.count + 2)
    return [TensorType(Shape([shape[0]] + sizes + [shape[-1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (strides, channels) = (shape.strides, shape[-1])
    let (sizes, takesMaximum) = (sizes, takesMaximum)
    let windows = sizes.enumerated().map { axis, count in
      (0..<count).map { index in
        index * shape[axis + 1] / count..<((index + 1) * shape[axis + 1] + count - 1) / count
      }
    }
    let pixels = sizes.reduce(1, *)
    return .run { buffers in
      buffers.workers.forEachRange(of: shape[0] * pixels, grain: 64) { range in
        for place in range {
          var starts = [place / pixels * strides[0]]
          var rest = place % pixels
          for axis in sizes.indices.reversed() {
            let window = windows[axis][rest % sizes[axis]]
            rest /= sizes[axis]
            starts = window.flatMap { index in starts.map { $0 + index * strides[axis + 1] } }
          }
          let y = buffers.output() + place * channels
          y.update(repeating: takesMaximum ? -.infinity : 0, count: channels)
          for start in starts {
            let x = buffers.input(0) + start
            for channel in 0..<channels {
              y[channel] = takesMaximum ? max(y[channel], x[channel]) : y[channel] + x[channel]
            }
          }
          guard !takesMaximum else { continue }
          for channel in 0..<channels { y[channel] /= Float(starts.count) }
        }
      }
    }
  }
}

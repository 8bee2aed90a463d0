import Tensors

/// y[b, p, c] = the largest, or the mean, of x[b, window(p, t), c] over the taps t that lie inside
/// the input: `MaxPooling1D` to `3D` and `AveragePooling1D` to `3D`.
///
/// Input: (B, spatial…, C). Output: (B, spatial…, C).
///
/// Keras: <https://keras.io/api/layers/pooling_layers/>
struct Pooling: Layer {
  static let classNames = [
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
  ]

  var convertsWholeNumbers: Bool { false }

  private let window: SpatialWindow
  private let takesMaximum: Bool

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    reader.requireChannelsLast()
    takesMaximum = reader.className.hasPrefix("Max")
    let size = reader.ints("pool_size", count: rank, default: 2)
    let hasStrides = reader.value("strides") != nil
    var window = SpatialWindow(
      kernel: size, strides: hasStrides ? reader.ints("strides", count: rank) : size,
      dilation: [Int](repeating: 1, count: rank),
      padding: reader.padding(allowing: [.valid, .same, .samePoolingTheano]))
    window.margins = reader.margins(rank: rank)
    self.window = window
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    let sizes = try window.outputSizes(for: Array(shape.dimensions.dropFirst().dropLast()))
    return [TensorType(Shape([shape[0]] + sizes + [shape[-1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let images = try ImageBatch(window, from: call.inputs[0].shape, to: call.outputs[0].shape)
    let (takesMaximum, channels) = (takesMaximum, images.outputChannels)
    let rounding = context.rounding
    return .run { buffers in
      images.forEachRun(buffers) { pixels, x, y in
        if takesMaximum {
          CPUKernels.active.maxPool(
            images.windows, pixels: pixels, input: x, c: y, cStride: channels)
        } else if let rounding {
          rounding.averagePool(
            images.windows, pixels: pixels, input: x, into: y, stride: channels)
        } else {
          CPUKernels.active.averagePool(
            images.windows, pixels: pixels, input: x, c: y, cStride: channels)
        }
      }
    }
  }
}

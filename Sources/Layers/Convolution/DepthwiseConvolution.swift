import Tensors

/// y[b, p, c·M + m] = activation(bias + Σ_t x[b, window(p, t), c] · kernel[t, c, m]):
/// `DepthwiseConv1D` and `DepthwiseConv2D`.
///
/// Input: (B, spatial…, C). Weights: kernel (window…, C, M), bias (C·M), M the
/// `depth_multiplier`. Output: (B, spatial…, C·M).
///
/// Keras: <https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/>
struct DepthwiseConvolution: WindowedLayer {
  static let classNames = ["DepthwiseConv1D", "DepthwiseConv2D"]

  var window: SpatialWindow
  private let multiplier: Int
  private let kernel: Tensor
  var finish: Finish

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    window = reader.convolutionWindow(rank: rank)
    multiplier = reader.int("depth_multiplier", default: 1)
    kernel = reader.weight("kernel", window.kernel + [nil, multiplier])
    finish = reader.finish(count: kernel.shape[-2] * multiplier)
    for option in ["filters", "groups"] { _ = reader.value(option) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    try shape.expectChannels(kernel.shape[-2])
    return [TensorType(try window.outputShape(for: shape, channels: shape[-1] * multiplier))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let images = try ImageBatch(window, from: call.inputs[0].shape, to: call.outputs[0].shape)
    let (multiplier, width) = (multiplier, images.outputChannels)
    let rounding = context.rounding
    let finish = finish.rounded(by: rounding)
    let weights = context.shared("kernel") { kernel.scalingColumns(by: finish.scale) }
    return .run { buffers in
      images.forEachRun(buffers) { pixels, x, y in
        guard let weights = weights.firstNumber else { return }
        if let rounding {
          rounding.depthwise(
            images.windows, pixels: pixels, multiplier: multiplier, input: x, weights: weights,
            into: y, stride: width)
          return finish.finish(
            y + pixels.lowerBound * width, rows: pixels.count, width: width)
        }
        CPUKernels.active.depthwiseConvolution(
          images.windows, pixels: pixels, multiplier: multiplier, input: x, weights: weights,
          c: y, cStride: width, epilogue: finish.epilogue(buffers, y, width: width))
        finish.finish(y + pixels.lowerBound * width, rows: pixels.count, width: width)
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.outputs[0].shape.elementCount * window.tapCount
  }
}

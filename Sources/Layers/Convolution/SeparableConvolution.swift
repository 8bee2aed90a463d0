import Tensors

/// A depthwise convolution, then a pointwise one that mixes its channels:
/// y[b, p, f] = activation(bias[f] + Σ_k d[b, p, k] · pointwise[k, f]), where
/// d[b, p, c·M + m] = Σ_t x[b, window(p, t), c] · depthwise[t, c, m].
///
/// Input: (B, spatial…, C). Weights: depthwise_kernel (window…, C, M), pointwise_kernel
/// (1…, C·M, F), bias (F). Output: (B, spatial…, F).
///
/// Keras: <https://keras.io/api/layers/convolution_layers/separable_convolution2d/>
struct SeparableConvolution: FinishedLayer {
  static let classNames = ["SeparableConv1D", "SeparableConv2D"]

  private let window: SpatialWindow
  private let multiplier: Int
  private let filters: Int
  private let depthwise: Tensor
  private let pointwise: Tensor
  var finish: Finish

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    window = reader.convolutionWindow(rank: rank)
    multiplier = reader.int("depth_multiplier", default: 1)
    filters = reader.int("filters")
    depthwise = reader.weight("depthwise_kernel", window.kernel + [nil, multiplier])
    let ones = [Int?](repeating: 1, count: rank)
    pointwise = reader.weight(
      "pointwise_kernel", ones + [depthwise.shape[-2] * multiplier, filters])
    finish = reader.finish(count: filters)
    _ = reader.value("groups")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    try shape.expectChannels(depthwise.shape[-2])
    return [TensorType(try window.outputShape(for: shape, channels: filters))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    if let step = try stepWithLineBias(for: call, in: context) { return step }
    let (input, output) = (call.inputs[0].shape, call.outputs[0].shape)
    let mixed = input[-1] * multiplier
    var middle = output
    middle[-1] = mixed
    let images = try ImageBatch(window, from: input, to: middle)
    let (depthwise, multiplier, rounding) = (depthwise, multiplier, context.rounding)
    let finish = finish.rounded(by: rounding)
    let panels = context.shared("pointwise") {
      PackedMatrix(pointwise, rows: mixed, columns: 0..<filters, of: filters, scale: finish.scale)
    }
    let rows = output.elementCount / filters
    return .run(scratchBytes: middle.elementCount * 4) { buffers in
      let scratch = buffers.scratch()
      images.forEachRun(buffers, into: scratch) { pixels, x, y in
        depthwise.withElements(as: Float.self) { weights in
          guard let weights = weights.baseAddress else { return }
          if let rounding {
            return rounding.depthwise(
              images.windows, pixels: pixels, multiplier: multiplier, input: x, weights: weights,
              into: y, stride: mixed)
          }
          CPUKernels.active.depthwiseConvolution(
            images.windows, pixels: pixels, multiplier: multiplier, input: x, weights: weights,
            c: y, cStride: mixed)
        }
      }
      finish.multiply(panels, rows: rows, scratch, buffers)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    let pixels = call.outputs[0].shape.elementCount / max(filters, 1)
    let mixed = depthwise.shape[-2] * multiplier
    return pixels * mixed * (window.tapCount + filters)
  }
}

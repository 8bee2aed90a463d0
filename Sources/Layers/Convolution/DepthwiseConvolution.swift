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
  /// The pointwise convolution that gives its input, where both are computed together.
  private var expansion: Convolution?
  /// The most rows of a window for which bands are worth while: all but one row more may be moved
  /// for each row of output.
  private static let mostBandRows = 7

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    window = reader.convolutionWindow(rank: rank)
    multiplier = reader.int("depth_multiplier", default: 1)
    kernel = reader.weight("kernel", window.kernel + [nil, multiplier])
    finish = reader.finish(count: kernel.shape[-2] * multiplier)
    for option in ["filters", "groups"] { _ = reader.value(option) }
  }

  /// What a convolution with a group for each input channel is; `kernel` is (window…, 1, F), whose
  /// F filters lie as those of (window…, C, F / C).
  init(_ window: SpatialWindow, kernel: Tensor, channels: Int, finish: Finish) {
    self.window = window
    self.finish = finish
    multiplier = kernel.shape[-1] / channels
    self.kernel = kernel.reshaped(to: Shape(window.kernel + [channels, multiplier]))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try expanded(call).onlyShape(rank: window.rank + 2)
    try shape.expectChannels(kernel.shape[-2])
    return [TensorType(try window.outputShape(for: shape, channels: shape[-1] * multiplier))]
  }

  /// The call on what the expansion gives.
  private func expanded(_ call: LayerCall) throws(LayerError) -> LayerCall {
    guard let expansion else { return call }
    var call = call
    call.inputs[0] = try expansion.outputTypes(for: LayerCall(inputs: [call.inputs[0]]))[0]
    return call
  }

  package func absorbing(_ operation: GraphOperation) -> (any Layer)? {
    guard case .expansion(let product) = operation else { return widening(operation) }
    guard expansion == nil, multiplier == 1, let convolution = product as? Convolution,
      convolution.window.rank == window.rank, window.extent(0) <= Self.mostBandRows
    else { return nil }
    var layer = self
    layer.expansion = convolution
    return layer
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    if let step = try stepWithLineBias(for: call, in: context) { return step }
    if let expansion { return try makeStep(for: call, behind: expansion, in: context) }
    let images = try ImageBatch(window, from: call.inputs[0].shape, to: call.outputs[0].shape)
    let (multiplier, width) = (multiplier, images.outputChannels)
    let rounding = context.rounding
    let finish = finish.rounded(by: rounding)
    let weights = scaledKernel(in: context)
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

  private func makeStep(
    for call: LayerCall, behind expansion: Convolution, in context: PlanContext
  ) throws(LayerError) -> Step {
    let bands = try BandedExpansion(
      window, from: call.inputs[0].shape, to: call.outputs[0].shape,
      panels: expansion.panels(in: context)[0], expansion: expansion.finish,
      weights: scaledKernel(in: context), finish: finish, threads: context.threadCount)
    return .run(scratchBytes: bands.scratchCount * MemoryLayout<Float>.stride) { buffers in
      bands.run(buffers)
    }
  }

  private func scaledKernel(in context: PlanContext) -> Tensor {
    context.shared("depthwise kernel") { kernel.scalingColumns(by: finish.scale) }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    let own = call.outputs[0].shape.elementCount * window.tapCount
    guard let expansion, let expanded = try? expanded(call) else { return own }
    return own
      + expansion.multiplyAdds(
        for: LayerCall(inputs: [call.inputs[0]], outputs: [expanded.inputs[0]]))
  }
}

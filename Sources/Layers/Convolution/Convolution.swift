import Tensors

/// y[b, p, f] = activation(bias[f] + Σ_t Σ_c x[b, window(p, t), c] · kernel[t, c, f]):
/// `Conv1D`, `Conv2D` and `Conv3D`.
///
/// B batch, p output pixel, t tap (position inside the window), c input channel, f filter. With
/// `groups` G, filters are cut into G runs, and each sees its own run of C / G channels.
///
/// Input: (B, spatial…, C). Weights: kernel (window…, C / G, F), bias (F). Output:
/// (B, spatial…, F).
///
/// Keras: <https://keras.io/api/layers/convolution_layers/>
struct Convolution: WindowedLayer, AbsorbableLayer {
  static let classNames = ["Conv1D", "Conv2D", "Conv3D"]

  var window: SpatialWindow
  private let filters: Int
  private let groups: Int
  private let kernel: Tensor
  var finish: Finish
  /// Whether the input's channels are multiplied by factors.
  private var takesFactors = false

  /// The channels that one group reads.
  private var groupChannels: Int { kernel.shape[-2] }

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    window = reader.convolutionWindow(rank: rank)
    filters = reader.int("filters")
    groups = reader.int("groups", default: 1)
    if groups > 1 { window.clampsPadding = true }
    kernel = reader.weight("kernel", window.kernel + [nil, filters])
    finish = reader.finish(count: filters)
    if filters % groups != 0 {
      reader.reject("groups", "expected a divisor of \(filters) filters, found \(groups)")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    try shape.expectChannels(groupChannels * groups)
    try call.checkFactors()
    return [TensorType(try window.outputShape(for: shape, channels: filters))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    if let step = try stepWithLineBias(for: call, in: context) { return step }
    let (filters, groupChannels) = (filters, groupChannels)
    let finish = finish.rounded(by: context.rounding)
    if let rounding = context.rounding, window.rank == 3, groups == 1 {
      return try summedStep(for: call, rounding, finish)
    }
    if let depthwise, context.rounding == nil {
      return try depthwise.makeStep(for: call, in: context)
    }
    if let winograd = winograd(for: call, in: context) {
      let rows = call.outputs[0].shape.elementCount / filters
      return .run(scratchBytes: winograd.scratchCount * MemoryLayout<Float>.stride) { buffers in
        let y = buffers.output()
        winograd.run(buffers, finish.epilogue(buffers, y, width: filters))
        finish.finish(y, rows: rows, width: filters)
      }
    }
    let panels = panels(in: context)
    if let factors = call.keywords[factorsKeyword] {
      let product = FactoredProduct(panels[0], input: call.inputs[0].shape, factors: factors)
      return .run(scratchBytes: product.scratchCount * MemoryLayout<Float>.stride) { buffers in
        product.run(buffers, finish)
      }
    }
    if isProduct {
      let rows = call.outputs[0].shape.elementCount / filters
      return .run { buffers in finish.multiply(panels[0], rows: rows, buffers.input(0), buffers) }
    }
    let (input, output) = (call.inputs[0].shape, call.outputs[0].shape)
    let padded = groups == 1 ? PaddedRows(window, from: input, to: output) : nil
    let images = try ImageBatch(
      window, from: input, to: output, reading: groupChannels, mixesChannels: true,
      mergesTaps: groups == 1,
      padded: padded)
    let scratchCount = padded?.shape.elementCount ?? 0
    return .run(scratchBytes: scratchCount * MemoryLayout<Float>.stride) { buffers in
      let x = padded == nil ? buffers.input(0) : UnsafePointer(buffers.scratch())
      padded?.fill(buffers.scratch(), from: buffers.input(0), buffers.workers)
      images.forEachRun(buffers, from: x) { pixels, x, y in
        let epilogue = finish.epilogue(buffers, y, width: filters)
        for (group, panel) in panels.enumerated() {
          let column = group * panel.columns
          panel.kernels.convolution(
            images.windows, pixels: pixels, columns: 0..<panel.columns,
            input: x + group * groupChannels, weights: panel, c: y + column, cStride: filters,
            epilogue: epilogue.part(column: column))
        }
        finish.finish(y + pixels.lowerBound * filters, rows: pixels.count, width: filters)
      }
    }
  }

  package func absorbing(_ operation: GraphOperation) -> (any Layer)? {
    guard case .product = operation else { return widening(operation) }
    guard isProduct, !takesFactors else { return nil }
    var layer = self
    layer.takesFactors = true
    return layer
  }

  package func operation(rank: Int) -> GraphOperation? {
    isProduct && !takesFactors && !finish.fitsLines ? .expansion(self) : nil
  }

  /// The same where each group is one channel.
  private var depthwise: DepthwiseConvolution? {
    guard groups > 1, groupChannels == 1 else { return nil }
    return DepthwiseConvolution(window, kernel: kernel, channels: groups, finish: finish)
  }

  /// Whether each output pixel depends on one input pixel alone.
  private var isProduct: Bool { window.isPointwise && groups == 1 }

  /// In three dimensions TensorFlow rounds the sum at every term.
  private func summedStep(
    for call: LayerCall, _ rounding: Rounding, _ finish: Finish
  ) throws(LayerError) -> Step {
    let images = try ImageBatch(window, from: call.inputs[0].shape, to: call.outputs[0].shape)
    let (kernel, filters) = (kernel, filters)
    return .run { buffers in
      images.forEachRun(buffers) { pixels, x, y in
        guard let weights = kernel.firstNumber else { return }
        rounding.convolution(
          images.windows, pixels: pixels, filters: filters, input: x, weights: weights, into: y,
          stride: filters)
        finish.finish(y + pixels.lowerBound * filters, rows: pixels.count, width: filters)
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.outputs[0].shape.elementCount * window.tapCount * groupChannels
  }

  /// Winograd's method rounds in proportion to the largest sums, which tanh and its like make small.
  private func winograd(for call: LayerCall, in context: PlanContext) -> WinogradConvolution? {
    guard groups == 1, !context.isExact, context.rounding == nil, finish.activation.keepsScale,
      let tiling = window.winogradTiling(from: call.inputs[0].shape, to: call.outputs[0].shape)
    else { return nil }
    let weights = context.shared("winograd \(tiling.positions)") {
      WinogradWeights(kernel, for: tiling, scale: finish.scale)
    }
    return WinogradConvolution(tiling, weights: weights, threads: context.threadCount)
  }

  /// The kernel's columns for each group, packed.
  func panels(in context: PlanContext) -> [PackedMatrix] {
    context.shared("kernel") {
      let count = filters / groups
      return (0..<groups).map { group in
        PackedMatrix(
          kernel, rows: window.tapCount * groupChannels,
          columns: (group * count)..<((group + 1) * count), of: filters, taps: window.tapCount,
          scale: finish.scale)
      }
    }
  }
}

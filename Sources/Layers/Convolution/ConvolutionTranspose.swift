import Tensors

/// The gradient of a convolution, taken as a layer:
/// y[b, o, f] = activation(bias[f] + Σ x[b, i, c] · kernel[t, f, c]) over all i and t with
/// o + pad = i · stride + t · dilation: `Conv1DTranspose` to `Conv3DTranspose`.
///
/// Input: (B, spatial…, C). Weights: kernel (window…, F, C), bias (F). Output:
/// (B, spatial…, F), the spatial sizes by `output_size` or by ``outputSize(_:axis:)``.
///
/// Keras: <https://keras.io/api/layers/convolution_layers/convolution2d_transpose/>
struct ConvolutionTranspose: FinishedLayer {
  static let classNames = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]

  private let window: SpatialWindow
  private let outputPadding: [Int]?
  private let givenSizes: [Int]?
  private let filters: Int
  private let kernel: Tensor
  var finish: Finish

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    window = reader.convolutionWindow(rank: rank)
    let hasOutputPadding = reader.value("output_padding") != nil
    outputPadding =
      hasOutputPadding
      ? reader.ints("output_padding", count: rank, in: 0...LayerReader.largestSize) : nil
    givenSizes =
      reader.value("output_size") == nil ? nil : reader.ints("output_size", count: rank)
    filters = reader.int("filters")
    kernel = reader.weight("kernel", window.kernel + [filters, nil])
    finish = reader.finish(count: filters)
    if reader.int("groups", default: 1) != 1 {
      reader.refuse("groups", "a transposed convolution with groups is not supported")
    }
    if window.padding == .causal || window.padding == .half {
      reader.reject("padding", "a transposed convolution has no \"\(window.padding.rawValue)\"")
    }
    if window.padding == .sameTheano, window.kernel.contains(where: { $0 % 2 == 0 }) {
      reader.refuse(
        "padding", "\"same\" with a kernel of even size, whose output Keras cuts short on Theano")
    }
  }

  /// The size of an output axis.
  ///
  /// Keras: `_get_output_shape_given_tf_padding` in `backend/common/backend_utils.py`; for `full`,
  /// `deconv_length` in 2.3.1's `utils/conv_utils.py`.
  private func outputSize(_ size: Int, axis: Int) -> Int {
    let (extent, stride) = (window.extent(axis), window.strides[axis])
    switch window.padding {
    case .valid:
      return (size - 1) * stride + extent + (outputPadding?[axis] ?? max(stride - extent, 0))
    case .full:
      guard let outputPadding else { return size * stride - (stride + extent - 2) }
      return (size - 1) * stride + 2 - extent + outputPadding[axis]
    default:
      guard let outputPadding else { return size * stride }
      return (size - 1) * stride + extent % 2 + outputPadding[axis]
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    try shape.expectChannels(kernel.shape[-1])
    let sizes = givenSizes ?? (0..<window.rank).map { outputSize(shape[$0 + 1], axis: $0) }
    guard sizes.allSatisfy({ $0 > 0 }) else {
      throw LayerError("an input of shape \(shape) leaves no output")
    }
    if givenSizes != nil {
      let read = try window.outputSizes(for: sizes)
      guard read == Array(shape.dimensions.dropFirst().dropLast()) else {
        throw LayerError(
          "expected an input of spatial sizes \(read), which outputs of sizes \(sizes) have, "
            + "found shape \(shape)")
      }
    }
    return [TensorType(Shape([shape[0]] + sizes + [filters]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    if let step = try stepWithLineBias(for: call, in: context) { return step }
    let (input, output) = (call.inputs[0].shape, call.outputs[0].shape)
    if let rounding = context.rounding { return roundedStep(for: call, rounding) }
    let phases = try phases(from: input, to: output)
    let panels = phases.map { phase in
      context.shared("taps \(phase.tapIndices)") { packed(phase.tapIndices) }
    }
    let inputItem = input.elementCount / max(input[0], 1)
    let outputItem = output.elementCount / max(output[0], 1)
    let (batch, filters, finish) = (input[0], filters, finish)
    let itemWork = max(outputItem * window.tapCount * input[-1], 1)
    let parts = Self.parts(of: batch * phases.count, threads: context.threadCount)
    let itemParts = phases.count * parts
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(
        of: batch * itemParts, grain: 1 + 100_000 * itemParts / itemWork
      ) {
        for index in $0 {
          let (item, phase) = (index / itemParts, index % itemParts / parts)
          let (weights, windows) = (panels[phase], phases[phase].windows)
          let pixels = windows.pixels(ofPart: index % parts, of: parts, kernels: weights.kernels)
          weights.kernels.convolution(
            windows, pixels: pixels, columns: 0..<filters, input: x + item * inputItem,
            weights: weights, c: y + item * outputItem, cStride: filters,
            epilogue: finish.epilogue(buffers, y + item * outputItem, width: filters))
        }
      }
      finish.finish(y, rows: batch * outputItem / filters, width: filters)
    }
  }

  /// The parts that each of `count` phases' pixels are cut into, so that every thread has some.
  private static func parts(of count: Int, threads: Int) -> Int {
    threads == 1 ? 1 : max(1, 2 * threads / max(count, 1))
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.inputs[0].shape.elementCount * window.tapCount * filters
  }

  private func roundedStep(for call: LayerCall, _ rounding: Rounding) -> Step {
    let (input, output) = (call.inputs[0].shape, call.outputs[0].shape)
    let sizes = Array(input.dimensions.dropFirst().dropLast())
    let outputSizes = Array(output.dimensions.dropFirst().dropLast())
    let sums = RoundedTranspose(
      rounding: rounding, kernel: kernel, batch: input[0], sizes: sizes, outputSizes: outputSizes,
      window: window, padding: padding(from: sizes, to: outputSizes))
    let (filters, finish) = (filters, finish.rounded(by: rounding))
    return .run(scratchBytes: sums.scratchCount * MemoryLayout<Float>.stride) { buffers in
      let y = buffers.output()
      sums.run(buffers.input(0), into: y, scratch: buffers.scratch())
      finish.finish(y, rows: output.elementCount / filters, width: filters)
    }
  }

  /// What a convolution from the output to the input would have in front.
  private func padding(from sizes: [Int], to outputSizes: [Int]) -> [Int] {
    let before = window.padsBefore(for: outputSizes)
    return (0..<window.rank).map { axis in
      guard window.padding == .same else { return before[axis] }
      let reach = (sizes[axis] - 1) * window.strides[axis] + window.extent(axis)
      return max(reach - outputSizes[axis], 0) / 2
    }
  }

  /// The taps for each sort of output place.
  private func phases(
    from input: Shape, to output: Shape
  ) throws(LayerError) -> [TransposedWindows.Phase] {
    let sizes = Array(input.dimensions.dropFirst().dropLast())
    let outputSizes = Array(output.dimensions.dropFirst().dropLast())
    guard
      let windows = TransposedWindows(
        input: sizes, kernel: window.kernel, strides: window.strides, dilation: window.dilation,
        padding: padding(from: sizes, to: outputSizes), output: outputSizes, channels: input[-1],
        pixelStride: input[-1])
    else {
      throw LayerError("an input of shape \(input) is too large")
    }
    return windows.phases
  }

  /// The kernel's matrices (C, F) at the given taps, one under the other, packed.
  private func packed(_ taps: [Int]) -> PackedMatrix {
    let (filters, channels) = (filters, kernel.shape[-1])
    return kernel.withElements(as: Float.self) { kernel in
      var matrix: [Float] = []
      matrix.reserveCapacity(taps.count * channels * filters)
      for tap in taps {
        let start = tap * filters * channels
        for channel in 0..<channels {
          for filter in 0..<filters {
            matrix.append(kernel[start + filter * channels + channel])
          }
        }
      }
      return PackedMatrix(
        rows: taps.count * channels, columns: filters, matrix, taps: taps.count,
        scale: finish.scale)
    }
  }
}

import ModelFormat
import Tensors

/// An ``LSTMCell`` whose products are convolutions: z = x ∗ kernel + h ∗ recurrent_kernel + bias,
/// of which the second keeps the size (stride 1, `recurrent_padding`, no dilation).
///
/// Step: x (spatial…, C), states h and c (spatial…, F) of the first convolution's output size; with
/// `channels_first` the channels stand first in all of them. Weights: kernel (window…, C, 4F),
/// recurrent_kernel (window…, F, 4F), bias (4F).
///
/// Paper: Shi et al. 2015, "Convolutional LSTM Network".
struct ConvLSTMCell: RecurrentCell {
  private let window: SpatialWindow
  private let recurrentPadding: SpatialWindow.Padding
  private let isChannelsFirst: Bool
  private let filters: Int
  private let kernel: Tensor
  private let recurrentKernel: Tensor
  private let bias: Tensor?
  private let activation: ActivationFunction
  private let recurrentActivation: ActivationFunction

  init(_ reader: inout LayerReader) {
    window = reader.anyConvolutionWindow(rank: reader.spatialRank)
    recurrentPadding = reader.choice("recurrent_padding", default: .same)
    isChannelsFirst = reader.value("data_format") == .string("channels_first")
    filters = reader.int("filters", in: 1...(LayerReader.largestSize / 4))
    kernel = reader.weight("kernel", window.kernel + [nil, 4 * filters])
    recurrentKernel = reader.weight("recurrent_kernel", window.kernel + [filters, 4 * filters])
    bias = reader.bool("use_bias", default: true) ? reader.weight("bias", [4 * filters]) : nil
    activation = reader.activation("activation", default: "tanh")
    recurrentActivation = reader.activation("recurrent_activation", default: "sigmoid")
    if ![.same, .sameTheano].contains(recurrentPadding) {
      reader.reject(
        "recurrent_padding",
        "expected \"same\" or \"same_theano\", found \"\(recurrentPadding.rawValue)\"")
    }
    if isChannelsFirst, activation.isOfRows || recurrentActivation.isOfRows {
      reader.refuse("data_format", "activations of whole rows are not supported with it")
    }
  }

  var stateCount: Int { 2 }

  func stateShapes(for input: Shape) throws(LayerError) -> [Shape] {
    guard input.rank == window.rank + 1, input[isChannelsFirst ? 0 : -1] == kernel.shape[-2] else {
      throw LayerError(
        "expected time steps of \(window.rank) spatial axes and \(kernel.shape[-2]) channels for "
          + "its kernel, found shape \(input)")
    }
    let sizes = try window.outputSizes(for: spatialSizes(of: input))
    let state = Shape(isChannelsFirst ? [filters] + sizes : sizes + [filters])
    return [state, state]
  }

  func multiplyAdds(for input: Shape) -> Int {
    guard let state = (try? stateShapes(for: input))?.first else { return 0 }
    return state.elementCount * 4 * window.tapCount * (kernel.shape[-2] + filters)
  }

  func makeBody(
    for input: Shape, in context: PlanContext, key: String
  ) throws(LayerError) -> any RecurrentBody {
    var stateWindow = window
    stateWindow.strides = window.kernel.map { _ in 1 }
    stateWindow.dilation = stateWindow.strides
    stateWindow.padding = recurrentPadding
    return ConvLSTMBody(
      windows: try windows(window, over: input),
      stateWindows: try windows(stateWindow, over: try stateShapes(for: input)[0]),
      inputSize: input.elementCount,
      kernel: context.shared(key + "kernel") { packed(kernel) },
      recurrentKernel: context.shared(key + "recurrent_kernel") { packed(recurrentKernel) },
      bias: bias, isChannelsFirst: isChannelsFirst,
      gates: LSTMGates(
        units: filters, activation: activation, recurrentActivation: recurrentActivation,
        rounding: context.rounding))
  }
}

extension ConvLSTMCell {
  private func spatialSizes(of input: Shape) -> [Int] {
    Array(isChannelsFirst ? input.dimensions.dropFirst() : input.dimensions.dropLast())
  }

  /// The window's places on one item; channels that stand first are an axis of the window.
  private func windows(
    _ window: SpatialWindow, over input: Shape
  ) throws(LayerError) -> WindowTable {
    let sizes = spatialSizes(of: input)
    let outputs = try window.outputSizes(for: sizes)
    let channels = input.elementCount / max(sizes.reduce(1, *), 1)
    let outer = isChannelsFirst ? [channels] : []
    let one = isChannelsFirst ? [1] : []
    let windows = WindowTable(
      input: outer + sizes, kernel: outer + window.kernel, strides: one + window.strides,
      dilation: one + window.dilation, padding: one.map { _ in 0 } + window.padsBefore(for: sizes),
      output: one + outputs, channels: isChannelsFirst ? 1 : channels,
      pixelStride: isChannelsFirst ? 1 : channels)
    guard let windows else { throw LayerError("an input of shape \(input) is too large") }
    return windows
  }

  private func packed(_ kernel: Tensor) -> PackedMatrix {
    let (width, rank) = (4 * filters, window.rank)
    let ordered =
      isChannelsFirst ? kernel.transposed([rank] + Array(0..<rank) + [rank + 1]) : kernel
    return PackedMatrix(
      ordered, rows: kernel.shape.elementCount / width, columns: 0..<width, of: width)
  }
}

/// A ``ConvLSTMCell`` that is ready to run.
private struct ConvLSTMBody: RecurrentBody {
  let windows: WindowTable
  let stateWindows: WindowTable
  let inputSize: Int
  let kernel: PackedMatrix
  let recurrentKernel: PackedMatrix
  let bias: Tensor?
  let isChannelsFirst: Bool
  let gates: LSTMGates

  private var pixels: Int { windows.pixels }
  var projectionSize: Int { pixels * 4 * gates.units }
  var scratchSize: Int { isChannelsFirst || gates.rounding != nil ? projectionSize : 0 }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    let bias = bias?.withElements(as: Float.self) { $0.baseAddress }
    workers.forEachRange(of: rows, grain: 1) { rows in
      for row in rows {
        convolve(
          windows, x + row * inputSize, kernel, into: projection + row * projectionSize,
          Epilogue(bias: gates.rounding == nil ? bias : nil))
        guard let rounding = gates.rounding else { continue }
        let width = 4 * gates.units
        rounding.round(projection + row * projectionSize, count: projectionSize)
        guard let bias else { continue }
        rounding.add(bias, to: projection + row * projectionSize, rows: pixels, width: width)
      }
    }
  }

  func advance(_ step: RecurrentStep) {
    let (units, width) = (gates.units, 4 * gates.units)
    for item in 0..<step.items {
      let z = step.projection + item * step.projectionStride
      let h = step.states + item * step.stateStride
      let c = h + pixels * units
      if let rounding = gates.rounding {
        let product = step.scratch + item * projectionSize
        convolve(stateWindows, h, recurrentKernel, into: product, Epilogue())
        rounding.round(product, count: projectionSize)
        rounding.combine(.add, count: projectionSize, z, product, into: z)
      } else {
        convolve(
          stateWindows, h, recurrentKernel, into: z, Epilogue(residual: z, residualStride: width))
      }
      guard isChannelsFirst else {
        gates.combine(
          rows: pixels, z: z, zStride: width, c: c, cStride: units, h: h, hStride: units)
        continue
      }
      // Each gate is one row of all channels and pixels then.
      let turned = step.scratch + item * projectionSize
      for pixel in 0..<pixels {
        for gate in 0..<width { turned[gate * pixels + pixel] = z[pixel * width + gate] }
      }
      LSTMGates(
        units: pixels * units, activation: gates.activation,
        recurrentActivation: gates.recurrentActivation,
        rounding: gates.rounding
      ).combine(rows: 1, z: turned, zStride: 0, c: c, cStride: 0, h: h, hStride: 0)
    }
  }

  private func convolve(
    _ windows: WindowTable, _ x: UnsafePointer<Float>, _ kernel: PackedMatrix,
    into z: UnsafeMutablePointer<Float>, _ epilogue: Epilogue
  ) {
    kernel.kernels.convolution(
      windows, pixels: 0..<windows.pixels, columns: 0..<kernel.columns, input: x, weights: kernel,
      c: z, cStride: kernel.columns, epilogue: epilogue)
  }
}

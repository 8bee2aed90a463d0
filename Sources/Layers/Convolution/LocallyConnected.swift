import Tensors

/// y[b, p, f] = activation(bias[p, f] + Σ_t Σ_c x[b, window(p, t), c] · kernel[p, t, c, f]):
/// a convolution with a kernel of its own at each place: `LocallyConnected1D` and
/// `LocallyConnected2D` of Keras 1 and 2.
///
/// Input: (B, spatial…, C). Weights: kernel, bias (P…, F). The kernel is (P, T·C, F), or, with
/// Keras 2's `implementation` 2, (spatial…, C, P…, F), of which most is not used, or, with
/// `implementation` 3, the numbers that are used, in the order of the output and then the input
/// that they join. With `kernel_format` `channels_first` the channels and filters stand before the
/// places in all of these, and so do the bias's numbers, though not its sizes: Keras reshapes it.
/// Output: (B, P…, F).
struct LocallyConnected: Layer {
  static let classNames = ["LocallyConnected1D", "LocallyConnected2D"]

  private let window: SpatialWindow
  private let filters: Int
  private let kernel: Tensor
  private let bias: Tensor?
  private let isChannelsFirst: Bool
  private let activation: ActivationFunction

  init(_ reader: inout LayerReader) {
    window = reader.convolutionWindow(rank: reader.spatialRank)
    filters = reader.int("filters")
    isChannelsFirst = reader.choice("kernel_format", default: ChannelPlace.last) == .first
    let rank = reader.storedShape(of: "kernel")?.rank ?? 3
    kernel = reader.weight("kernel", [Int?](repeating: nil, count: rank))
    bias =
      reader.bool("use_bias", default: true)
      ? reader.weight("bias", window.kernel.map { _ in nil } + [filters]) : nil
    activation = reader.activation("activation", default: "linear")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: window.rank + 2)
    let output = try window.outputShape(for: shape, channels: filters)
    if let bias, bias.shape.dimensions != Array(output.dimensions.dropFirst()) {
      throw LayerError("expected outputs of its bias's shape \(bias.shape), found \(output)")
    }
    let places = places(from: shape, to: output)
    guard places.accepts(kernel.shape) else {
      throw LayerError("expected an input that suits its kernel \(kernel.shape), found \(shape)")
    }
    return [TensorType(output)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (shape, output) = (call.inputs[0].shape, call.outputs[0].shape)
    let places = places(from: shape, to: output)
    let panels = context.shared("kernel") { places.panels(kernel) }
    let (filters, activation) = (filters, activation)
    let bias = bias.map { isChannelsFirst ? $0.turned(rows: filters) : $0 }
    let depth = window.tapCount * shape[-1]
    let (inputItem, outputItem) = (shape.elementCount / max(shape[0], 1), places.pixels * filters)
    let rounding = context.rounding
    let grain = 1 + 20_000 / max(shape[0] * depth * filters, 1)
    let scratch = places.pixels * shape[0] * depth
    return .run(scratchBytes: scratch * MemoryLayout<Float>.stride) { buffers in
      let start = bias?.firstNumber
      buffers.workers.forEachRange(of: places.pixels, grain: grain) { pixels in
        for pixel in pixels {
          let rows = buffers.scratch(from: pixel * shape[0] * depth)
          for item in 0..<shape[0] {
            places.gather(
              pixel, from: buffers.input(0) + item * inputItem, into: rows + item * depth)
          }
          let y = buffers.output() + pixel * filters
          CPUKernels.active.product(
            rows: 0..<shape[0], columns: 0..<filters, a: rows, aStride: depth,
            weights: panels[pixel], c: y, cStride: outputItem,
            epilogue: rounding != nil
              ? Epilogue()
              : Epilogue(
                bias: start.map { $0 + pixel * filters }, activation: activation.epilogue))
          guard activation.isOfRows || rounding != nil else { continue }
          for item in 0..<shape[0] {
            let row = y + item * outputItem
            if let rounding {
              rounding.round(row, count: filters)
              if let start {
                rounding.combine(
                  .add, count: filters, row, start + pixel * filters, into: row)
              }
              rounding.apply(activation, row, row, rows: 1, width: filters)
              continue
            }
            activation.apply(row, row, rows: 1, width: filters)
          }
        }
      }
    }
  }

  private func places(from input: Shape, to output: Shape) -> LocalKernel {
    LocalKernel(window, from: input, to: output, isChannelsFirst: isChannelsFirst)
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.outputs[0].shape.elementCount * window.tapCount * call.inputs[0].shape[-1]
  }
}

/// Where channels stand in what is stored.
private enum ChannelPlace: String, CaseIterable {
  case first = "channels_first"
  case last = "channels_last"
}

extension Tensor {
  /// The numbers of a matrix of so many rows column by column, in the same shape.
  fileprivate func turned(rows: Int) -> Tensor {
    let columns = shape.elementCount / max(rows, 1)
    let matrix = Tensor([rows, columns], elements(as: Float.self)).transposed([1, 0])
    return Tensor(shape, matrix.elements(as: Float.self))
  }
}

import Tensors

/// y[b, i…, c] = x[b, i / size…, c]: `UpSampling1D` to `UpSampling3D`; for two axes also by an
/// interpolation (``Resampling``).
///
/// Input: (B, spatial…, C). Output: (B, spatial · size…, C).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/>
struct UpSampling: Layer {
  static let classNames = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]

  var convertsWholeNumbers: Bool { false }

  private let size: [Int]
  private let interpolation: Interpolation
  let outputFit: OutputFit

  init(_ reader: inout LayerReader) {
    let rank = reader.spatialRank
    reader.requireChannelsLast()
    size = reader.ints("size", count: rank, default: 2)
    interpolation =
      rank == 2 ? reader.choice("interpolation", default: Interpolation.nearest) : .nearest
    outputFit = reader.outputFit()
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape(rank: size.count + 2)
    for (axis, factor) in size.enumerated() { shape[axis + 1] *= factor }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, output) = (call.inputs[0].shape, call.outputs[0].shape)
    if input == output, !interpolation.isSmoothing { return .view }
    guard interpolation == .nearest || interpolation == .area else {
      return interpolatingStep(input, output)
    }
    let size = size
    let rowCount = output.dimensions.dropLast().reduce(1, *) / max(output[-2], 1)
    return .run { buffers in
      let grain = 1 + 16_384 / max(output[-2] * output[-1], 1)
      buffers.workers.forEachRange(of: rowCount, grain: grain) { rows in
        for row in rows {
          Self.repeatRow(row, buffers.input(0), buffers.output(), size, output)
        }
      }
    }
  }

  /// Writes one row along the last spatial axis.
  private static func repeatRow(
    _ row: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ size: [Int],
    _ output: Shape
  ) {
    let (width, channels) = (output[-2], output[-1])
    let factor = size[size.count - 1]
    // The input's row, by the digits of the output's row from the last axis to the first.
    var (rest, source, scale) = (row, 0, 1)
    for axis in stride(from: size.count - 2, through: 0, by: -1) {
      source += rest % output[axis + 1] / size[axis] * scale
      scale *= output[axis + 1] / size[axis]
      rest /= output[axis + 1]
    }
    source += rest * scale
    let from = x + source * (width / factor) * channels
    let to = y + row * width * channels
    for place in 0..<width {
      (to + place * channels).update(from: from + place / factor * channels, count: channels)
    }
  }

  private func interpolatingStep(_ input: Shape, _ output: Shape) -> Step {
    let resampling = Resampling(interpolation, from: input, to: output)
    return .run(scratchBytes: resampling.scratchCount * MemoryLayout<Float>.stride) { buffers in
      resampling.run(
        buffers.input(0), buffers.output(), scratch: buffers.scratch(), buffers.workers)
    }
  }
}

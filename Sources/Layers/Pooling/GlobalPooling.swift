import Tensors

/// y[b, c] = the largest, or the mean, of x[b, …, c] over all spatial positions:
/// `GlobalMaxPooling1D` to `3D` and `GlobalAveragePooling1D` to `3D`.
///
/// The mean in one dimension counts only the steps of the mask, given by keyword: (B, T).
///
/// Input: (B, spatial…, C). Output: (B, C), or (B, 1…, C) with `keepdims`.
///
/// Keras: <https://keras.io/api/layers/pooling_layers/>
struct GlobalPooling: Layer {
  static let classNames = [
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
  ]

  var convertsWholeNumbers: Bool { false }

  static let keywords: Set<String> = ["mask"]

  private let rank: Int
  private let takesMaximum: Bool
  private let keepsAxes: Bool
  private let sumsInHalf: Bool
  let outputFit: OutputFit

  init(_ reader: inout LayerReader) {
    rank = reader.spatialRank
    reader.requireChannelsLast()
    takesMaximum = reader.className.hasPrefix("GlobalMax")
    outputFit = reader.outputFit()
    sumsInHalf = reader.sumsInHalf
    keepsAxes = reader.bool("keepdims", default: false)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: rank + 2)
    if let mask = call.keywords["mask"].map({ call.inputs[$0].shape }) {
      guard rank == 1, !takesMaximum, mask == Shape(shape.dimensions.dropLast()) else {
        throw LayerError("expected a mask of shape \(shape.dimensions.dropLast()), found \(mask)")
      }
    }
    let kept = keepsAxes ? [Int](repeating: 1, count: rank) : []
    return [TensorType(Shape([shape[0]] + kept + [shape[-1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, channels) = (shape[0], shape[-1])
    let positions = shape.dimensions.dropFirst().dropLast().reduce(1, *)
    if let mask = call.keywords["mask"] {
      if let rounding = context.rounding {
        return roundedStep(shape, mask: mask, rounding)
      }
      return .run { buffers in
        for item in 0..<batch {
          let keep = buffers.input(mask) + item * positions
          let y = buffers.output() + item * channels
          y.update(repeating: 0, count: channels)
          var count: Float = 0
          for step in 0..<positions where keep[step] != 0 {
            let x = buffers.input(0) + (item * positions + step) * channels
            CPUKernels.active.binary(.add, count: channels, y, x, into: y)
            count += 1
          }
          for channel in 0..<channels { y[channel] /= count }
        }
      }
    }
    if sumsInHalf, !takesMaximum, let rounding = context.rounding {
      return .run { buffers in
        let y = buffers.output()
        rounding.sums(
          buffers.input(0), outer: batch, count: positions, inner: channels, into: y)
        for index in 0..<batch * channels { y[index] /= rounding(Float(positions)) }
      }
    }
    let reduction: Reduction = takesMaximum ? .max : .mean
    let blocks = (channels + Self.block - 1) / Self.block
    let grain = 1 + Self.leastShare / max(1, positions * Self.block)
    return .run { buffers in
      buffers.workers.forEachRange(of: batch * blocks, grain: grain) { range in
        for index in range {
          let (item, first) = (index / blocks, index % blocks * Self.block)
          CPUKernels.active.reduce(
            reduction, outer: 1, count: positions, inner: channels,
            columns: first..<min(first + Self.block, channels),
            buffers.input(0) + item * positions * channels,
            into: buffers.output() + item * channels)
        }
      }
    }
  }

  /// Channels that are reduced at a time: four vectors.
  private static let block = 64

  /// Fewer numbers than this are not worth another thread.
  private static let leastShare = 1 << 16

  /// The mean of what is not masked, as Keras takes it in 16 bits.
  private func roundedStep(_ shape: Shape, mask: Int, _ rounding: Rounding) -> Step {
    let (batch, steps, channels) = (shape[0], shape[1], shape[2])
    let count = shape.elementCount
    return .run(scratchBytes: (count + 2 * batch) * MemoryLayout<Float>.stride) { buffers in
      let (x, keep, y) = (buffers.input(0), buffers.input(mask), buffers.output())
      let (kept, counts) = (buffers.scratch(), buffers.scratch(from: count))
      for index in 0..<count { kept[index] = keep[index / channels] == 0 ? 0 : x[index] }
      rounding.sums(kept, outer: batch, count: steps, inner: channels, into: y)
      for item in 0..<batch { counts[item] = rounding.total(keep + item * steps, count: steps) }
      for index in 0..<batch * channels { y[index] /= counts[index / channels] }
    }
  }
}

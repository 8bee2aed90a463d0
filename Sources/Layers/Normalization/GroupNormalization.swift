import Tensors

/// y = (x - mean) / √(variance + ε) · gamma + beta over groups of channels: the C channels on `axis`
/// are cut into G runs, and each run of an item, at all positions, has its own mean and variance.
///
/// Input and output: (B, …) with C elements on `axis`. Weights: gamma (C) where `scale`, beta (C)
/// where `center`.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/group_normalization/>
struct GroupNormalization: Layer {
  static let classNames = ["GroupNormalization"]

  private let groups: Int
  private let axis: Int
  private let epsilon: Float
  private let gamma: Tensor?
  private let beta: Tensor?
  private let sumsInHalf: Bool

  /// Keras 3 normalises what it is given in single precision.
  var castsInputs: Bool { sumsInHalf }

  let outputFit: OutputFit

  init(_ reader: inout LayerReader) {
    groups = reader.int("groups", default: 32, in: -1...LayerReader.largestSize)
    axis = reader.int("axis", default: -1, in: -16...15)
    epsilon = Float(reader.number("epsilon", default: 1e-3))
    outputFit = reader.outputFit()
    sumsInHalf = reader.sumsInHalf
    gamma =
      reader.bool("scale", default: true) ? reader.weight("gamma", [nil], isCast: sumsInHalf) : nil
    beta =
      reader.bool("center", default: true) ? reader.weight("beta", [nil], isCast: sumsInHalf) : nil
    if groups == 0 { reader.reject("groups", "expected a number of groups, or -1, found 0") }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard let axis = shape.normalizedAxis(axis), axis > 0 else {
      throw LayerError("expected an axis of shape \(shape) behind the batch, found \(self.axis)")
    }
    let channels = shape[axis]
    guard groups < 0 || channels % groups == 0 else {
      throw LayerError("expected channels that \(groups) groups divide, found \(channels)")
    }
    for case (let name, let weight?) in [("gamma", gamma), ("beta", beta)] {
      try shape.expect(weight.shape[0], on: axis, for: name, of: weight.shape)
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axis = shape.normalizedAxis(axis) ?? 1
    let order = [0, axis] + (1..<shape.rank).filter { $0 != axis }
    let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
    let moved = Shape(order.map { shape[$0] })
    let (batch, channels) = (shape[0], shape[axis])
    let groups = groups < 0 ? channels : groups
    let positions = shape.elementCount / max(batch * channels, 1)
    let count = positions * channels / max(groups, 1)
    let epsilon = epsilon
    let factors = gamma?.elements(as: Float.self) ?? [Float](repeating: 1, count: channels)
    let offsets = beta?.elements(as: Float.self) ?? [Float](repeating: 0, count: channels)
    let rounding = sumsInHalf ? context.rounding : nil
    return .run(scratchBytes: shape.elementCount * MemoryLayout<Float>.stride) { buffers in
      let (kernels, values) = (CPUKernels.active, buffers.scratch())
      kernels.permute(shape, axes: order, buffers.input(0), into: values)
      buffers.workers.forEachRange(of: batch * groups, grain: 1 + 8192 / max(count, 1)) { range in
        for group in range {
          let start = values + group * count
          let first = group % groups * (channels / groups)
          if let rounding {
            var (mean, variance): (Float, Float) = (0, 0)
            kernels.moments(outer: 1, count: count, start, mean: &mean, variance: &variance)
            for index in 0..<count {
              let channel = first + index / max(positions, 1)
              start[index] = rounding.normalize(
                start[index], mean: rounding(mean), variance: rounding(variance),
                epsilon: epsilon, gamma: factors[channel], beta: offsets[channel])
            }
            continue
          }
          kernels.layerNormalization(
            rows: 1, count: count, epsilon: epsilon, start, into: start)
          for channel in 0..<channels / groups {
            let (factor, offset) = (factors[first + channel], offsets[first + channel])
            for index in channel * positions..<(channel + 1) * positions {
              start[index] = start[index] * factor + offset
            }
          }
        }
      }
      kernels.permute(moved, axes: back, values, into: buffers.output())
    }
  }
}

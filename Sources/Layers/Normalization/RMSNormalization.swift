import Tensors

/// y = x / √(mean(x²) + ε) · scale, the mean over some axes.
///
/// Input and output: any shape. Weights: scale, with the sizes of the axes, which broadcasts to the
/// last ones whichever they are: Keras does not move it to theirs.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/rms_normalization/>
struct RMSNormalization: Layer {
  static let classNames = ["RMSNormalization"]

  private let axes: [Int]
  private let epsilon: Float
  private let scale: Tensor
  let outputFit: OutputFit

  func isBatchIndependent(for call: LayerCall) -> Bool { call.leavesBatch(axes) }

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
    epsilon = Float(reader.number("epsilon", default: 1e-6))
    outputFit = reader.outputFit()
    scale = reader.weight("scale", [Int?](repeating: nil, count: axes.count))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let known = Set(axes.compactMap(shape.normalizedAxis))
    guard known.count == axes.count, broadcastShape(scale.shape, shape) == shape else {
      throw LayerError(
        "expected axes of shape \(shape), to which a scale of shape \(scale.shape) broadcasts, "
          + "found \(axes)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = Set(axes.compactMap(shape.normalizedAxis)).sorted()
    guard axes == Array((shape.rank - axes.count)..<shape.rank),
      shape.dimensions.suffix(axes.count) == scale.shape.dimensions[...]
    else { return scatteredStep(shape, axes) }
    let (count, epsilon) = (scale.shape.elementCount, epsilon)
    let rows = shape.elementCount / max(count, 1)
    let factors = scale.elements(as: Float.self)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: rows, grain: 1 + 16_384 / max(count, 1)) { range in
        let start = range.lowerBound * count
        CPUKernels.active.rmsNormalization(
          rows: range.count, count: count, epsilon: epsilon, gamma: factors, x + start,
          into: y + start)
      }
    }
  }

  /// The means over axes that are not the last ones.
  private func scatteredStep(_ shape: Shape, _ axes: [Int]) -> Step {
    let kept = Shape(shape.dimensions.indices.map { axes.contains($0) ? 1 : shape[$0] })
    let means = Odometer(
      shape.dimensions.indices.map { (shape[$0], axes.contains($0) ? 0 : kept.strides[$0]) })
    let missing = shape.rank - scale.shape.rank
    let scales = Odometer(
      shape.dimensions.indices.map { axis in
        let isOpen = axis < missing || scale.shape[axis - missing] == 1
        return (shape[axis], isOpen ? 0 : scale.shape.strides[axis - missing])
      })
    let count = Double(axes.reduce(1) { $0 * shape[$1] })
    let (epsilon, factors) = (Double(epsilon), scale.elements(as: Float.self))
    return .run(scratchBytes: kept.elementCount * MemoryLayout<Double>.stride) { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      let sums = buffers.scratch.assumingMemoryBound(to: Double.self)
      sums.update(repeating: 0, count: kept.elementCount)
      means.walk { index, place in sums[place] += Double(x[index]) * Double(x[index]) }
      means.walk { index, place in
        y[index] = Float(Double(x[index]) / (sums[place] / count + epsilon).squareRoot())
      }
      scales.walk { index, place in y[index] *= factors[place] }
    }
  }
}

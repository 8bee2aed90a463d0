import ModelFormat
import Tensors

/// y = (x - mean(x)) / √(variance(x) + ε) · gamma + beta, over the elements along some axes.
///
/// With `rms_scaling`, an option that Keras has given up, y = x / √(variance(x) + ε) · gamma.
///
/// Input and output: any shape, with N elements along `axis` together. Weights: gamma (N) where
/// `scale`, beta (N) where `center`.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/layer_normalization/>
struct LayerNormalization: Layer {
  static let classNames = ["LayerNormalization"]

  private let axes: [Int]
  private let epsilon: Float
  private let scalesOnly: Bool
  private let gamma: Tensor?
  private let beta: Tensor?
  /// Whether Keras 2 rounds the moments too, because weights are of 16 bits; nil in Keras 3.
  private let roundsMoments: Bool?

  /// Keras 3 normalises what it is given in single precision.
  var castsInputs: Bool { roundsMoments != nil }

  let outputFit: OutputFit

  func isBatchIndependent(for call: LayerCall) -> Bool { call.leavesBatch(axes) }

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
    epsilon = Float(reader.number("epsilon", default: 1e-3))
    scalesOnly = reader.bool("rms_scaling", default: false)
    let sizes = [Int?](repeating: nil, count: axes.count)
    let hasGamma = reader.bool("scale", default: true) || scalesOnly
    let hasBeta = reader.bool("center", default: true) && !scalesOnly
    outputFit = reader.outputFit()
    let isStoredInHalf = reader.layer.weights.contains { Rounding($0.elementType) != nil }
    roundsMoments = reader.sumsInHalf ? isStoredInHalf : nil
    gamma = hasGamma ? reader.weight("gamma", sizes, isCast: false) : nil
    beta = hasBeta ? reader.weight("beta", sizes, isCast: false) : nil
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let count = try normalizedAxes(shape).reduce(1) { $0 * shape[$1] }
    for case (let name, let weight?) in [("gamma", gamma), ("beta", beta)]
    where weight.shape.elementCount != count {
      throw LayerError(
        "expected \(weight.shape.elementCount) elements along axes \(axes) for the weight "
          + "\"\(name)\", found \(count) in shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = try normalizedAxes(shape)
    let order = shape.dimensions.indices.filter { !axes.contains($0) } + axes
    let count = axes.reduce(1) { $0 * shape[$1] }
    var rows = NormalizedRows(
      rows: shape.elementCount / max(count, 1), count: count, epsilon: epsilon,
      gamma: gamma?.elements(as: Float.self) ?? [Float](repeating: 1, count: count),
      beta: beta?.elements(as: Float.self) ?? [Float](repeating: 0, count: count),
      centers: !scalesOnly)
    if let rounding = context.rounding, let roundsMoments {
      let isLast = axes == Array((shape.rank - axes.count)..<shape.rank)
      if roundsMoments {
        rows.steps = .all(rounding)
      } else if isLast && epsilon >= 1.001e-5 {
        rows.steps = .last(rounding)
      }
    }
    let normalized = rows
    if order == Array(order.indices) {
      return .run { buffers in normalized.run(buffers.input(0), buffers.output(), buffers.workers) }
    }
    let moved = Shape(order.map { shape[$0] })
    let back = order.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    return .run(scratchBytes: shape.elementCount * MemoryLayout<Float>.stride) { buffers in
      CPUKernels.active.permute(shape, axes: order, buffers.input(0), into: buffers.scratch())
      normalized.run(buffers.scratch(), buffers.scratch(), buffers.workers)
      CPUKernels.active.permute(moved, axes: back, buffers.scratch(), into: buffers.output())
    }
  }

  /// The axes from the front, in ascending order.
  private func normalizedAxes(_ shape: Shape) throws(LayerError) -> [Int] {
    let axes = Set(axes.compactMap(shape.normalizedAxis)).sorted()
    guard axes.count == self.axes.count, !axes.isEmpty else {
      throw LayerError("expected axes of shape \(shape), found \(self.axes)")
    }
    return axes
  }
}

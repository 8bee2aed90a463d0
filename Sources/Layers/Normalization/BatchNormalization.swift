import Tensors

/// y = (x - moving_mean) / √(moving_variance + ε) · gamma + beta along one axis.
///
/// Input and output: any shape with C elements on `axis`. Weights: gamma (C) where `scale`, beta
/// (C) where `center`, moving_mean (C), moving_variance (C).
///
/// Keras: <https://keras.io/api/layers/normalization_layers/batch_normalization/>
struct BatchNormalization: AbsorbableLayer, ActivatedLayer {
  static let classNames = ["BatchNormalization"]

  private let axis: Int
  private let scale: [Float]
  private let shift: [Float]
  var activation = Activation.linear

  init(_ reader: inout LayerReader) {
    axis = reader.int("axis", default: -1, in: -16...15)
    let epsilon = reader.number("epsilon", default: 1e-3)
    let mean = reader.weight("moving_mean", [nil], isCast: false).elements(as: Float.self)
    let count = mean.count
    let variance = reader.weight("moving_variance", [count], isCast: false).elements(as: Float.self)
    let gamma =
      reader.bool("scale", default: true)
      ? reader.weight("gamma", [count], isCast: false).elements(as: Float.self) : nil
    let beta =
      reader.bool("center", default: true)
      ? reader.weight("beta", [count], isCast: false).elements(as: Float.self) : nil
    // Only training uses what `renorm` keeps.
    for name in ["moving_stddev", "renorm_mean", "renorm_stddev"]
    where reader.storedShape(of: name) != nil {
      _ = reader.weight(name, [count])
    }
    guard reader.problems.isEmpty else {
      (scale, shift) = ([], [])
      return
    }
    let factors = (0..<count).map {
      Double(gamma?[$0] ?? 1) / (Double(variance[$0]) + epsilon).squareRoot()
    }
    scale = factors.map { Float($0) }
    shift = (0..<count).map { Float(Double(beta?[$0] ?? 0) - Double(mean[$0]) * factors[$0]) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard let axis = shape.normalizedAxis(axis), shape[axis] == scale.count else {
      throw LayerError("expected \(scale.count) elements on axis \(axis), found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axis = shape.normalizedAxis(axis) ?? 0
    let rows = shape.dimensions[..<axis].reduce(1, *)
    let (count, inner) = (shape[axis], shape.dimensions[(axis + 1)...].reduce(1, *))
    let factors = scale.flatMap { [Float](repeating: $0, count: inner) }
    let offsets = shift.flatMap { [Float](repeating: $0, count: inner) }
    let (width, activation) = (count * inner, activation)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: rows, grain: 16_384 / max(width, 1) + 1) { range in
        CPUKernels.active.scaleShift(
          rows: range.count, channels: width, scale: factors, shift: offsets,
          x + range.lowerBound * width, into: y + range.lowerBound * width, activation: activation)
      }
    }
  }

  package func operation(rank: Int) -> GraphOperation? {
    guard activation == .linear, axis == -1 || axis == rank - 1 else { return nil }
    return .scale(factors: scale, offsets: shift)
  }
}

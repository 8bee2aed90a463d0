import Tensors

/// y = (x - moving_mean) / √(moving_variance + ε) · gamma + beta along one axis, or along several.
///
/// Input and output: any shape with C elements on `axis`. Weights: gamma (C) where `scale`, beta
/// (C) where `center`, moving_mean (C), moving_variance (C); where there are several axes, of the
/// input's rank, with 1 for all other axes.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/batch_normalization/>
struct BatchNormalization: AbsorbableLayer, ActivatedLayer {
  static let classNames = ["BatchNormalization"]

  /// A call in training normalises by its batch's own mean and variance.
  static let arguments: Set = ["training"]

  private let axes: [Int]
  /// The weights' shape.
  private let sizes: Shape
  private let epsilon: Double
  private let gamma: [Float]?
  private let beta: [Float]?
  private let scale: [Float]
  private let shift: [Float]
  var activation = Activation.linear

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
    epsilon = reader.number("epsilon", default: 1e-3)
    let rank = axes.count == 1 ? 1 : reader.storedShape(of: "moving_mean")?.rank ?? 1
    let stored = reader.weight(
      "moving_mean", [Int?](repeating: nil, count: rank), isCast: false)
    sizes = stored.shape
    let mean = stored.elements(as: Float.self)
    let count = mean.count
    let variance = reader.weight("moving_variance", sizes.dimensions, isCast: false)
      .elements(as: Float.self)
    gamma =
      reader.bool("scale", default: true)
      ? reader.weight("gamma", sizes.dimensions, isCast: false).elements(as: Float.self) : nil
    beta =
      reader.bool("center", default: true)
      ? reader.weight("beta", sizes.dimensions, isCast: false).elements(as: Float.self) : nil
    // Only training uses what `renorm` keeps.
    for name in ["moving_stddev", "renorm_mean", "renorm_stddev"]
    where reader.storedShape(of: name) != nil {
      _ = reader.weight(name, sizes.dimensions)
    }
    guard reader.problems.isEmpty else {
      (scale, shift) = ([], [])
      return
    }
    let (epsilon, gamma, beta) = (epsilon, gamma, beta)
    let factors = (0..<count).map {
      Double(gamma?[$0] ?? 1) / (Double(variance[$0]) + epsilon).squareRoot()
    }
    scale = factors.map { Float($0) }
    shift = (0..<count).map { Float(Double(beta?[$0] ?? 0) - Double(mean[$0]) * factors[$0]) }
  }

  func isBatchIndependent(for call: LayerCall) -> Bool { call.arguments.isEmpty }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let known = Set(axes.compactMap(shape.normalizedAxis)).sorted()
    let found =
      axes.count == 1
      ? known.map { shape[$0] }
      : shape.dimensions.indices.map { known.contains($0) ? shape[$0] : 1 }
    guard known.count == axes.count, Shape(found) == sizes else {
      let axes = axes.map(String.init).joined(separator: ", ")
      throw LayerError(
        "expected \(axes.contains(",") ? "\(sizes)" : "\(scale.count)") elements on axis \(axes), "
          + "found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = axes.compactMap(shape.normalizedAxis).sorted()
    if !call.arguments.isEmpty {
      return BatchStatistics(
        shape: shape, axes: axes, epsilon: epsilon, gamma: gamma, beta: beta, activation: activation
      ).step
    }
    let (first, last) = (axes.first ?? 0, axes.last ?? 0)
    let rows = shape.dimensions[..<first].reduce(1, *)
    let (count, inner) = (
      shape.dimensions[first...last].reduce(1, *), shape.dimensions[(last + 1)...].reduce(1, *)
    )
    let (factors, offsets) = (
      spread(scale, over: shape, axes).flatMap { [Float](repeating: $0, count: inner) },
      spread(shift, over: shape, axes).flatMap { [Float](repeating: $0, count: inner) }
    )
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

  /// The numbers of some axes as they lie along all axes from the first of these to the last.
  private func spread(_ numbers: [Float], over shape: Shape, _ axes: [Int]) -> [Float] {
    guard let first = axes.first, let last = axes.last, last - first >= axes.count else {
      return numbers
    }
    let own = Shape(axes.map { shape[$0] }).strides
    let walk = Odometer(
      (first...last).map { axis in (shape[axis], axes.firstIndex(of: axis).map { own[$0] } ?? 0) })
    var result = [Float](
      repeating: 0, count: shape.dimensions[first...last].reduce(1, *))
    walk.walk { index, place in result[index] = numbers[place] }
    return result
  }

  package func operation(rank: Int) -> GraphOperation? {
    guard activation == .linear, axes == [-1] || axes == [rank - 1] else { return nil }
    return .scale(factors: scale, offsets: shift)
  }
}

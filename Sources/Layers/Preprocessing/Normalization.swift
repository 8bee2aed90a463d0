import Tensors

/// y = (x - mean) / max(√variance, 1e-7), or with `invert` y = mean + x · max(√variance, 1e-7).
///
/// Mean and variance vary along the kept axes, `axis`, and repeat along the others. They stand in
/// the options or, learned from data, among the weights.
///
/// Input and output: any shape. Weights: mean and variance (the sizes of the kept axes), count ().
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/numerical/normalization/>
struct Normalization: Layer {
  static let classNames = ["Normalization"]

  private let axes: [Int]
  private let mean: Tensor
  private let deviation: Tensor
  private let inverts: Bool

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: reader.isNull("axis") ? [] : [-1])
    inverts = reader.bool("invert", default: false)
    let (mean, variance) = (reader.numbers("mean"), reader.numbers("variance"))
    if let mean, let variance {
      self.mean = reader.rounding?.rounded(mean) ?? mean
      deviation = Self.deviation(variance, reader.rounding)
      if mean.shape != variance.shape || mean.shape.rank > axes.count {
        reader.reject(
          "mean",
          "expected a mean and a variance of one shape along \(axes.count) axes, found shapes "
            + "\(mean.shape) and \(variance.shape)")
      }
    } else {
      let shape = [Int?](repeating: nil, count: axes.count)
      self.mean = reader.weight("mean", shape)
      deviation = Self.deviation(
        reader.weight("variance", self.mean.shape.dimensions), reader.rounding)
      if reader.storedShape(of: "count") != nil { _ = reader.weight("count", []) }
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    _ = try layout(for: shape)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (parameters, pattern) = try layout(for: call.inputs[0].shape)
    let mean = pattern.expanded(mean.reshaped(to: parameters))
    let deviation = pattern.expanded(deviation.reshaped(to: parameters))
    let (width, inverts, kernels) = (pattern.width, inverts, CPUKernels.active)
    let rounding = context.rounding
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      pattern.forEachRun(buffers.workers) { rows, start in
        if inverts, let rounding {
          for index in 0..<rows.count * width {
            let product = rounding(x[start + index] * deviation[index % width])
            y[start + index] = product + mean[index % width]
          }
          return
        }
        if inverts {
          return kernels.scaleShift(
            rows: rows.count, channels: width, scale: deviation, shift: mean, x + start,
            into: y + start)
        }
        for row in rows {
          let place = row * width
          kernels.binary(.subtract, count: width, x + place, mean, into: y + place)
          rounding?.round(y + place, count: width)
          kernels.binary(.divide, count: width, y + place, deviation, into: y + place)
        }
      }
    }
  }
}

extension Normalization {
  private static func deviation(_ variance: Tensor, _ rounding: Rounding?) -> Tensor {
    let deviations = (rounding?.rounded(variance) ?? variance).elements(as: Float.self)
      .map { max($0.squareRoot(), 1e-7) }
    let tensor = Tensor(variance.shape, deviations)
    return rounding?.rounded(tensor) ?? tensor
  }

  /// How the parameters lie along an input's axes: those of a mean with fewer axes than are kept
  /// belong to the last kept ones.
  private func layout(
    for shape: Shape
  ) throws(LayerError) -> (parameters: Shape, pattern: RowPattern) {
    let kept = axes.compactMap(shape.normalizedAxis).sorted()
    var sizes = [Int](repeating: 1, count: shape.rank)
    if kept.count == axes.count {
      for (axis, size) in zip(kept.reversed(), mean.shape.dimensions.reversed()) {
        sizes[axis] = size
      }
      if let pattern = RowPattern(shape, parameters: Shape(sizes)) {
        return (Shape(sizes), pattern)
      }
    }
    throw LayerError(
      "expected an input that a mean of shape \(mean.shape) fits along axes \(axes), found shape "
        + "\(shape)")
  }
}

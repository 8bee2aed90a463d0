import Tensors

/// y = (x - mean) / √(variance + ε) · gamma + beta, where each place on some axes has the mean and
/// the variance of what the batch holds there.
///
/// The input is turned so that those axes come first, normalised row by row, and turned back.
struct BatchStatistics {
  /// The shape of the input and of the output.
  let shape: Shape
  /// The axes that keep their places apart, in order.
  let axes: [Int]
  let epsilon: Double
  let gamma: [Float]?
  let beta: [Float]?
  let activation: Activation

  /// How the call runs.
  var step: Step {
    let (shape, epsilon, gamma, beta, activation) = (shape, epsilon, gamma, beta, activation)
    let order = axes + shape.dimensions.indices.filter { !axes.contains($0) }
    let back = shape.dimensions.indices.map { order.firstIndex(of: $0) ?? $0 }
    let turned = Shape(order.map { shape[$0] })
    let rows = axes.map { shape[$0] }.reduce(1, *)
    let width = shape.elementCount / max(rows, 1)
    return .run(scratchBytes: shape.elementCount * MemoryLayout<Float>.stride) { buffers in
      let (kernels, values) = (CPUKernels.active, buffers.scratch())
      kernels.permute(shape, axes: order, buffers.input(0), into: values)
      buffers.workers.forEachRange(of: rows, grain: 1 + 8192 / max(width, 1)) { range in
        for row in range {
          let x = values + row * width
          var (mean, variance): (Float, Float) = (0, 0)
          kernels.moments(outer: 1, count: width, x, mean: &mean, variance: &variance)
          let factor = Double(gamma?[row] ?? 1) / (Double(variance) + epsilon).squareRoot()
          let offset = beta?[row] ?? 0
          for index in 0..<width { x[index] = (x[index] - mean) * Float(factor) + offset }
        }
      }
      kernels.permute(turned, axes: back, values, into: buffers.output())
      kernels.activate(
        activation, count: shape.elementCount, buffers.output(), into: buffers.output())
    }
  }
}

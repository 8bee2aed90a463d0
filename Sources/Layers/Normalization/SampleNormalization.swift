import Tensors

/// y = (x - mean) / (√(variance + ε) + ε) · gamma + beta over the last axis of each item: Keras 1's
/// `BatchNormalization` of mode 1, which adds its ε twice.
///
/// Input and output: (…, C). Weights: gamma (C), beta (C).
struct SampleNormalization: Layer {
  static let classNames = ["SampleNormalization"]

  private let epsilon: Float
  private let gamma: Tensor
  private let beta: Tensor

  init(_ reader: inout LayerReader) {
    // What the weights were made along; they are used along the last axis all the same.
    _ = reader.value("axis")
    epsilon = Float(reader.number("epsilon", default: 1e-3))
    gamma = reader.weight("gamma", [nil])
    beta = reader.weight("beta", [gamma.shape[0]])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    try shape.expectChannels(gamma.shape[0])
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let count = shape[-1]
    let rows = shape.elementCount / max(count, 1)
    let (epsilon, factors) = (epsilon, gamma.elements(as: Float.self))
    let offsets = beta.elements(as: Float.self)
    return .run { buffers in
      buffers.workers.forEachRange(of: rows, grain: 1 + 16_384 / max(count, 1)) { range in
        for row in range {
          let (x, y) = (buffers.input(0) + row * count, buffers.output() + row * count)
          var (mean, variance): (Float, Float) = (0, 0)
          CPUKernels.active.moments(outer: 1, count: count, x, mean: &mean, variance: &variance)
          let deviation = (variance + epsilon).squareRoot() + epsilon
          for index in 0..<count {
            y[index] = (x[index] - mean) / deviation * factors[index] + offsets[index]
          }
        }
      }
    }
  }
}

import Tensors

/// y = (x - mean) / √(variance + ε) · gamma + beta, the moments taken over all axes but one, the
/// batch too: Keras 1's `BatchNormalization` of mode 2, which never uses its moving statistics.
///
/// Input and output: any shape with C elements on `axis`. Weights: gamma (C), beta (C).
struct FeatureNormalization: Layer {
  static let classNames = ["FeatureNormalization"]

  private let axis: Int
  private let epsilon: Float
  private let gamma: Tensor
  private let beta: Tensor

  /// Every item has a part in the moments.
  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    axis = reader.int("axis", default: -1, in: -16...15)
    epsilon = Float(reader.number("epsilon", default: 1e-3))
    gamma = reader.weight("gamma", [nil])
    beta = reader.weight("beta", [gamma.shape[0]])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard let axis = shape.normalizedAxis(axis) else {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    try shape.expect(gamma.shape[0], on: axis, for: "gamma", of: gamma.shape)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axis = shape.normalizedAxis(axis) ?? 0
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let (count, inner) = (shape[axis], shape.dimensions[(axis + 1)...].reduce(1, *))
    let (epsilon, factors) = (Double(epsilon), gamma.elements(as: Float.self))
    let offsets = beta.elements(as: Float.self)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: count, grain: 1 + 16_384 / max(outer * inner, 1)) { range in
        for channel in range {
          // The channel's elements: `inner` of them, `outer` times.
          func forEach(_ body: (Int) -> Void) {
            for row in 0..<outer {
              let start = (row * count + channel) * inner
              for index in start..<start + inner { body(index) }
            }
          }
          var (sum, squares) = (0.0, 0.0)
          forEach { sum += Double(x[$0]) }
          let mean = sum / Double(max(outer * inner, 1))
          forEach { squares += (Double(x[$0]) - mean) * (Double(x[$0]) - mean) }
          let variance = squares / Double(max(outer * inner, 1))
          let factor = Float(Double(factors[channel]) / (variance + epsilon).squareRoot())
          forEach { y[$0] = (x[$0] - Float(mean)) * factor + offsets[channel] }
        }
      }
    }
  }
}

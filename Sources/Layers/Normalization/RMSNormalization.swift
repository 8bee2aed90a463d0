import Tensors

/// y = x / √(mean(x²) + ε) · scale over the elements along the last axes.
///
/// Input and output: any shape. Weights: scale, with the sizes of the axes.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/rms_normalization/>
struct RMSNormalization: Layer {
  static let classNames = ["RMSNormalization"]

  private let axes: [Int]
  private let epsilon: Float
  private let scale: Tensor

  func isBatchIndependent(for call: LayerCall) -> Bool { call.leavesBatch(axes) }

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
    epsilon = Float(reader.number("epsilon", default: 1e-6))
    scale = reader.weight("scale", [Int?](repeating: nil, count: axes.count))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let axes = Set(axes.compactMap(shape.normalizedAxis)).sorted()
    let last = Array((shape.rank - self.axes.count)..<shape.rank)
    guard axes == last, shape.dimensions.suffix(axes.count) == scale.shape.dimensions[...] else {
      throw LayerError(
        "expected the last axes of shape \(shape), of sizes \(scale.shape), found \(self.axes)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (count, epsilon) = (scale.shape.elementCount, epsilon)
    let rows = call.inputs[0].shape.elementCount / max(count, 1)
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
}

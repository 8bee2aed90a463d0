import Tensors

/// y = x₀ + scale · x₁: the `CustomScaleLayer` of `keras.applications.inception_resnet_v2`.
///
/// Inputs: two tensors of one shape. Output: the same shape.
///
/// Paper: Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the Impact of Residual
/// Connections on Learning".
struct ScaledSum: ActivatedLayer {
  static let classNames = ["CustomScaleLayer"]

  private let scale: Float
  var activation = Activation.linear

  init(_ reader: inout LayerReader) {
    scale = Float(reader.number("scale"))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shapes = call.inputs.map(\.shape)
    guard shapes.count == 2, shapes[0] == shapes[1] else {
      let found = shapes.map { "\($0)" }.joined(separator: ", ")
      throw LayerError("expected 2 inputs of one shape, found \(found)")
    }
    return [TensorType(shapes[0])]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (scale, activation) = (scale, activation)
    let count = call.outputs[0].shape.elementCount
    return .run { buffers in
      let (a, b, y) = (buffers.input(0), buffers.input(1), buffers.output())
      buffers.workers.forEachRange(of: count, grain: 16_384) { range in
        for index in range { y[index] = a[index] + scale * b[index] }
        guard activation != .linear else { return }
        let y = y + range.lowerBound
        CPUKernels.active.activate(activation, count: range.count, y, into: y)
      }
    }
  }
}

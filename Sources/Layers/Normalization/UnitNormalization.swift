import Tensors

/// y = x / max(√Σ x², 1e-12), the sum along one axis.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/unit_normalization/>
struct UnitNormalization: Layer {
  static let classNames = ["UnitNormalization"]

  private let axis: Int

  var isBatchIndependent: Bool { axis != 0 }

  init(_ reader: inout LayerReader) {
    let axes = reader.intList("axis", default: [-1])
    axis = axes.first ?? -1
    if axes.count != 1 { reader.refuse("axis", "expected one axis, found \(axes)") }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.normalizedAxis(axis) != nil else {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axis = shape.normalizedAxis(axis) ?? 0
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let (count, inner) = (shape[axis], shape.dimensions[(axis + 1)...].reduce(1, *))
    return .run { buffers in
      for row in 0..<outer * inner {
        let start = row / inner * count * inner + row % inner
        let (x, y) = (buffers.input(0) + start, buffers.output() + start)
        var sum = 0.0
        for index in 0..<count { sum += Double(x[index * inner]) * Double(x[index * inner]) }
        let norm = Float(max(sum.squareRoot(), 1e-12))
        for index in 0..<count { y[index * inner] = x[index * inner] / norm }
      }
    }
  }
}

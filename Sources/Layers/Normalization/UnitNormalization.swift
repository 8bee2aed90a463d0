import Tensors

/// y = x / max(√Σ x², 1e-12), the sum along one axis or over several together.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/unit_normalization/>
struct UnitNormalization: Layer {
  static let classNames = ["UnitNormalization"]

  private let axes: [Int]

  func isBatchIndependent(for call: LayerCall) -> Bool { call.leavesBatch(axes) }

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    for axis in axes where shape.normalizedAxis(axis) == nil {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let strides = shape.strides
    let summed = Set(axes.compactMap(shape.normalizedAxis))
    func walk(_ isWanted: (Int) -> Bool) -> [Int] {
      var places: [Int] = []
      Odometer((0..<shape.rank).filter(isWanted).map { (shape[$0], strides[$0]) })
        .walk { _, place in places.append(place) }
      return places
    }
    let (starts, offsets) = (walk { !summed.contains($0) }, walk { summed.contains($0) })
    if let rounding = context.rounding {
      return .run { buffers in
        buffers.output().update(from: buffers.input(0), count: shape.elementCount)
        for (index, start) in starts.enumerated() {
          rounding.normalize(
            buffers.output() + start, at: offsets, least: 1e-12,
            isAlone: index >= starts.count / 8 * 8)
        }
      }
    }
    return .run { buffers in
      for start in starts {
        let (x, y) = (buffers.input(0) + start, buffers.output() + start)
        let sum = offsets.reduce(0.0) { $0 + Double(x[$1]) * Double(x[$1]) }
        let norm = Float(max(sum.squareRoot(), 1e-12))
        for offset in offsets { y[offset] = x[offset] / norm }
      }
    }
  }
}

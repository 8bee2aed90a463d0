import Tensors

/// y = exp(x) / Σ exp(x), the sum over one axis or over several together.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/activation_layers/softmax/>
struct Softmax: Layer {
  static let classNames = ["Softmax"]

  private let axes: [Int]

  init(_ reader: inout LayerReader) {
    axes = reader.intList("axis", default: [-1])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    _ = try normalizedAxes(shape)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = try normalizedAxes(shape)
    let outer = shape.dimensions[..<axes[0]].reduce(1, *)
    let count = shape.dimensions[axes[0]...axes[axes.count - 1]].reduce(1, *)
    let inner = shape.dimensions[(axes[axes.count - 1] + 1)...].reduce(1, *)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: outer, grain: 4096 / max(count * inner, 1) + 1) { range in
        let start = range.lowerBound * count * inner
        CPUKernels.active.softmax(
          outer: range.count, count: count, inner: inner, x + start, into: y + start)
      }
    }
  }

  /// The axes from the front, which must follow each other without a gap.
  private func normalizedAxes(_ shape: Shape) throws(LayerError) -> [Int] {
    let axes = axes.compactMap(shape.normalizedAxis).sorted()
    guard let first = axes.first, axes.count == self.axes.count,
      axes == Array(first..<(first + axes.count))
    else {
      throw LayerError("expected neighbouring axes of shape \(shape), found axes \(self.axes)")
    }
    return axes
  }
}

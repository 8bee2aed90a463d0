import ModelFormat
import Tensors

/// y[…, i, …] = x[…, i + 1, …] − x[…, i, …] along an axis, `n` times: `Diff` of `keras.ops`.
///
/// Keras: <https://keras.io/api/ops/numpy/#diff-function>
struct Difference: Layer {
  static let classNames = ["ops.Diff"]

  private let times: Int
  private let axis: Int

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    times = reader.int("n", default: 1, in: 0...LayerReader.largestSize)
    axis = reader.int("axis", default: -1, in: -64...63)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    guard let axis = shape.normalizedAxis(axis) else {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    shape[axis] = max(0, shape[axis] - times)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (shape, times) = (call.inputs[0].shape, times)
    guard let axis = shape.normalizedAxis(axis) else { throw LayerError("expected an axis") }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let size = shape[axis]
    let outer = shape.elementCount / max(size * inner, 1)
    return .run(scratchBytes: shape.elementCount * MemoryLayout<Float>.stride) { buffers in
      let work = buffers.scratch()
      work.update(from: buffers.input(0), count: shape.elementCount)
      let kept = max(0, size - times) * inner
      for item in 0..<outer {
        let row = work + item * size * inner
        for round in 0..<min(times, size) {
          for place in 0..<max(0, (size - round - 1) * inner) {
            row[place] = row[place + inner] - row[place]
          }
        }
        (buffers.output() + item * kept).update(from: row, count: kept)
      }
    }
  }
}

import ModelFormat
import Tensors

/// y[…, i, …] = x[…, i + 1, …] − x[…, i, …] along an axis, `n` times: `Diff` of `keras.ops`.
///
/// Keras: <https://keras.io/api/ops/numpy/#diff-function>
struct Difference: Layer {
  static let classNames = ["ops.Diff"]
  static let elementTypes: [ElementType] = [
    .float32, .int32, .int64, .int8, .int16, .uint8, .uint16,
  ]

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
    return [TensorType(shape, call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (shape, times) = (call.inputs[0].shape, times)
    guard let axis = shape.normalizedAxis(axis) else { throw LayerError("expected an axis") }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let size = shape[axis]
    let outer = shape.elementCount / max(size * inner, 1)
    let type = call.inputs[0].elementType
    guard type == .float32 else {
      return wholeStep(type, shape, outer: outer, size: size, inner: inner)
    }
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

  /// The differences of whole numbers, of which the bits that their type has are kept.
  private func wholeStep(
    _ type: ElementType, _ shape: Shape, outer: Int, size: Int, inner: Int
  ) -> Step {
    let (times, operand) = (times, Operand(input: 0, TensorType(shape, type)))
    let kept = max(0, size - times) * inner
    return .run(scratchBytes: operand.scratchBytes) { buffers in
      let x = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
      for item in 0..<outer {
        var row = Array(UnsafeBufferPointer(start: x + item * size * inner, count: size * inner))
        for _ in 0..<min(times, size) {
          row = zip(row.dropFirst(inner), row).map { $0 &- $1 }
        }
        for place in 0..<kept { buffers.store(row[place], as: type, at: item * kept + place) }
      }
    }
  }
}

import ModelFormat
import Tensors

/// The elements along an axis by their size: `TopK` (largest first), `Sort` and `Argsort` of
/// `keras.ops`, in TensorFlow also in the `direction` that descends; equals keep their order.
///
/// Keras: <https://keras.io/api/ops/numpy/#sort-function>,
/// <https://keras.io/api/ops/core/#topk-function>
struct Ordering: Layer {
  static let classNames = ["ops.Argsort", "ops.Sort", "ops.TopK"]

  private let name: String
  private let axis: Int
  private let k: Int
  private let descends: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    name = reader.className
    axis = reader.int("axis", default: -1, in: -64...63)
    k = name == "ops.TopK" ? reader.int("k", default: 1) : 0
    _ = reader.value("sorted")
    descends =
      name == "ops.TopK" || reader.value("direction")?.string?.lowercased() == "descending"
  }

  private func parts(_ shape: Shape) throws(LayerError) -> (outer: Int, count: Int, inner: Int) {
    guard let axis = shape.normalizedAxis(axis), shape[axis] >= k else {
      throw LayerError("expected an axis of at least \(k) elements, found shape \(shape)")
    }
    return (
      shape.dimensions[..<axis].reduce(1, *), shape[axis],
      shape.dimensions[(axis + 1)...].reduce(1, *)
    )
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    _ = try parts(shape)
    guard name == "ops.TopK" else {
      return [TensorType(shape, name == "ops.Sort" ? .float32 : .int32)]
    }
    shape[axis] = k
    return [TensorType(shape), TensorType(shape, .int32)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (outer, count, inner) = try parts(call.inputs[0].shape)
    let (name, kept, descends) = (name, name == "ops.TopK" ? k : count, descends)
    return .run { buffers in
      for row in 0..<outer * inner {
        let x = buffers.input(0) + row / inner * count * inner + row % inner
        let order = (0..<count).sorted { i, j in
          let (a, b) = (x[i * inner], x[j * inner])
          return a == b ? i < j : (a > b) == descends
        }
        let start = row / inner * kept * inner + row % inner
        for (place, index) in order.prefix(kept).enumerated() {
          let to = start + place * inner
          if name != "ops.Argsort" { buffers.output()[to] = x[index * inner] }
          if name == "ops.Argsort" { buffers.output(0, as: Int32.self)[to] = Int32(index) }
          if name == "ops.TopK" { buffers.output(1, as: Int32.self)[to] = Int32(index) }
        }
      }
    }
  }
}

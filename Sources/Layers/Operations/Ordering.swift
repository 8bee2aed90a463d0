import ModelFormat
import Tensors

/// The elements along an axis by their size: `TopK` (largest first), `Sort` and `Argsort` of
/// `keras.ops`, in TensorFlow also in the `direction` that descends.
///
/// Equals keep their order. An `axis` that is `null` stands for all of them, one behind the other.
///
/// Keras: <https://keras.io/api/ops/numpy/#sort-function>,
/// <https://keras.io/api/ops/core/#topk-function>
struct Ordering: Layer {
  static let classNames = ["ops.Argsort", "ops.Sort", "ops.TopK"]
  static let elementTypes: [ElementType] = []

  private let name: String
  /// The axis; nil for all.
  private let axis: Int?
  private let k: Int
  private let descends: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    name = reader.className
    axis = reader.isNull("axis") ? nil : reader.int("axis", default: -1, in: -64...63)
    _ = reader.value("axis")
    k = name == "ops.TopK" ? reader.int("k", default: 1) : 0
    _ = reader.value("sorted")
    descends =
      name == "ops.TopK" || reader.value("direction")?.string?.lowercased() == "descending"
  }

  private func parts(_ shape: Shape) throws(LayerError) -> (outer: Int, count: Int, inner: Int) {
    guard let axis else { return (1, shape.elementCount, 1) }
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
    let type = call.inputs[0].elementType
    guard name == "ops.TopK", let axis else {
      if axis == nil { shape = [shape.elementCount] }
      return [TensorType(shape, name == "ops.Sort" ? type : .int32)]
    }
    shape[axis] = k
    return [TensorType(shape, type), TensorType(shape, .int32)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (outer, count, inner) = try parts(call.inputs[0].shape)
    let (name, kept, descends) = (name, name == "ops.TopK" ? k : count, descends)
    let type = call.inputs[0]
    let width = type.elementType.byteCount
    return .run(scratchBytes: type.shape.elementCount * 8) { buffers in
      let numbers = buffers.scratch.assumingMemoryBound(to: Double.self)
      convertElements(
        type.shape.elementCount, buffers.inputBytes(0), type.elementType, numbers, .float64)
      for row in 0..<outer * inner {
        let first = row / inner * count * inner + row % inner
        let x = numbers + first
        let order = (0..<count).sorted { i, j in
          let (a, b) = (x[i * inner], x[j * inner])
          // TensorFlow leaves NaN wherever its sorting happens to; here it is last.
          if !descends, a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? i < j : b.isNaN }
          return a == b ? i < j : (a > b) == descends
        }
        let start = row / inner * kept * inner + row % inner
        for (place, index) in order.prefix(kept).enumerated() {
          let to = start + place * inner
          if name != "ops.Argsort" {
            (buffers.outputBytes() + to * width).copyMemory(
              from: buffers.inputBytes(0) + (first + index * inner) * width, byteCount: width)
          }
          if name == "ops.Argsort" { buffers.output(0, as: Int32.self)[to] = Int32(index) }
          if name == "ops.TopK" { buffers.output(1, as: Int32.self)[to] = Int32(index) }
        }
      }
    }
  }
}

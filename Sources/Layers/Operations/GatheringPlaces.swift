import ModelFormat
import Tensors

/// y[b…, i…, …] = x[b…, indices[b…, i…, :], …]: TensorFlow's `gather_nd`, whose indices are places on
/// several axes at once, behind `batch_dims` axes that both share.
///
/// Input: x and the indices (…, K), each a tensor or a constant. Output: the indices' axes without
/// the last, then the axes of x that no index names.
struct GatheringPlaces: Layer {
  static let classNames = ["ops.GatherNd"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private let shared: Int

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) { shared = reader.int("batch_dims", default: 0, in: 0...63) }

  private func parts(
    _ call: LayerCall
  ) throws(LayerError) -> (x: Operand, indices: Operand, output: Shape, depth: Int) {
    let operands = try call.operands(2)
    let (x, indices) = (operands[0].type.shape, operands[1].type.shape)
    guard let depth = indices.dimensions.last, shared < indices.rank,
      shared + depth <= x.rank, x.dimensions[..<shared] == indices.dimensions[..<shared]
    else { throw LayerError("expected places in shape \(x), found shape \(indices)") }
    let rest = x.dimensions[(shared + depth)...]
    return (operands[0], operands[1], Shape(indices.dimensions.dropLast() + rest), depth)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let parts = try parts(call)
    return [TensorType(parts.output, parts.x.type.elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (x, indices, output, depth) = try parts(call)
    let shape = x.type.shape
    let strides = shape.strides
    let inner = shape.dimensions[(shared + depth)...].reduce(1, *)
    let width = x.type.elementType.byteCount
    let batches = shape.dimensions[..<shared].reduce(1, *)
    let rows = output.elementCount / max(inner, 1)
    let perBatch = rows / max(batches, 1)
    let item = shape.elementCount / max(batches, 1)
    let axes = shared..<(shared + depth)
    return .run(scratchBytes: indices.scratchBytes + x.scratchBytes) { buffers in
      let places = indices.values(as: Int64.self, buffers, scratch: buffers.scratch)
      let source = x.bytes(buffers, scratch: buffers.scratch + indices.scratchBytes)
      for row in 0..<rows {
        var offset = row / max(perBatch, 1) * item
        for (place, axis) in axes.enumerated() {
          let index = places[row * depth + place]
          guard (0..<Int64(shape[axis])).contains(index) else {
            buffers.fail("expected places in shape \(shape), found \(index) on axis \(axis)")
            return
          }
          offset += Int(index) * strides[axis]
        }
        (buffers.outputBytes() + row * inner * width)
          .copyMemory(from: source + offset * width, byteCount: inner * width)
      }
    }
  }
}

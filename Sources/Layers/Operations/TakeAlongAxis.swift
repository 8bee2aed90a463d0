import ModelFormat
import Tensors

/// y[…, i, …] = x[…, indices[…, i, …], …] along an axis: `TakeAlongAxis` of `keras.ops`; negative
/// indices count from the end.
///
/// Without an axis both count as one row.
///
/// Input: x and the indices, of one rank. Output: the indices' shape.
///
/// Keras: <https://keras.io/api/ops/numpy/#takealongaxis-function>
struct TakeAlongAxis: Layer {
  static let classNames = ["ops.TakeAlongAxis"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private let axis: Int?

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    axis = reader.value("axis") == nil ? nil : reader.int("axis", default: -1, in: -64...63)
  }

  /// The axis and the shapes of both, whose other axes are alike.
  private func places(
    _ call: LayerCall
  ) throws(LayerError) -> (axis: Int, x: Operand, indices: Operand) {
    let operands = try call.operands(2)
    let (x, indices) = (operands[0].type.shape, operands[1].type.shape)
    if axis == nil, indices.rank == 1 { return (0, operands[0], operands[1]) }
    guard let axis = axis.flatMap(x.normalizedAxis), x.rank == indices.rank,
      x.dimensions.indices.allSatisfy({ $0 == axis || x[$0] == indices[$0] })
    else {
      throw LayerError(
        "expected indices that differ from \(x) along the axis alone, found \(indices)")
    }
    return (axis, operands[0], operands[1])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let places = try places(call)
    let type = places.x.type.elementType
    return [TensorType(places.indices.type.shape, type.isFloatingPoint ? .float32 : type)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (axis, x, indices) = try places(call)
    let to = indices.type.shape
    let from = self.axis == nil ? [x.type.shape.elementCount] : x.type.shape
    let inner = from.dimensions[(axis + 1)...].reduce(1, *)
    let width = x.type.elementType.byteCount
    let (count, size) = (to.elementCount, from[axis])
    return .run(scratchBytes: indices.scratchBytes + x.scratchBytes) { buffers in
      let places = indices.values(as: Int64.self, buffers, scratch: buffers.scratch)
      let source = x.bytes(buffers, scratch: buffers.scratch + indices.scratchBytes)
      for index in 0..<count {
        let block = index / (to[axis] * inner)
        let place = places[index] < 0 ? Int(places[index]) + size : Int(places[index])
        guard (0..<size).contains(place) else {
          buffers.fail("expected indices into \(size) positions, found \(places[index])")
          continue
        }
        let offset = ((block * size + place) * inner + index % inner) * width
        (buffers.outputBytes() + index * width).copyMemory(from: source + offset, byteCount: width)
      }
    }
  }
}

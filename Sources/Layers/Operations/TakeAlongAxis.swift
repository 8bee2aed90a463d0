import ModelFormat
import Tensors

/// y[…, i, …] = x[…, indices[…, i, …], …] along an axis: `TakeAlongAxis` of `keras.ops`; negative
/// indices count from the end.
///
/// Without an axis both count as one row.
///
/// Input: x and the indices, of one rank; along other axes than the one, a size of 1 stands for the
/// other's. Output: the indices' size along the axis.
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

  private struct Form {
    let axis: Int
    let x: Operand
    let indices: Operand
    let (from, places, to): (Shape, Shape, Shape)
  }

  /// The axis and the shapes of both, whose other axes fit each other.
  private func form(_ call: LayerCall) throws(LayerError) -> Form {
    let operands = try call.operands(2)
    let indices = operands[1].type.shape
    let isFlat = axis == nil && indices.rank == 1
    let x = isFlat ? Shape([operands[0].type.shape.elementCount]) : operands[0].type.shape
    guard let axis = isFlat ? 0 : axis.flatMap(x.normalizedAxis), x.rank == indices.rank,
      x.dimensions.indices.allSatisfy({
        $0 == axis || x[$0] == indices[$0] || x[$0] == 1 || indices[$0] == 1
      })
    else {
      throw LayerError(
        "expected indices that fit \(x) along all axes but the one, found \(indices)")
    }
    let to = x.dimensions.indices.map { place in
      place == axis || x[place] == 1 ? indices[place] : x[place]
    }
    return Form(
      axis: axis, x: operands[0], indices: operands[1], from: x, places: indices, to: Shape(to))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let form = try form(call)
    let type = form.x.type.elementType
    return [TensorType(form.to, type.isFloatingPoint ? .float32 : type)]
  }

  /// How far elements lie apart along each axis; 0 where one stands for all.
  private static func strides(_ shape: Shape) -> [Int] {
    zip(shape.dimensions, shape.strides).map { $0 == 1 ? 0 : $1 }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let form = try form(call)
    let (axis, size, to) = (form.axis, form.from[form.axis], form.to)
    let (from, places) = (Self.strides(form.from), Self.strides(form.places))
    let (steps, stride) = (to.strides, form.from.strides[axis])
    let width = form.x.type.elementType.byteCount
    return .run(scratchBytes: form.indices.scratchBytes + form.x.scratchBytes) { buffers in
      let indices = form.indices.values(as: Int64.self, buffers, scratch: buffers.scratch)
      let source = form.x.bytes(buffers, scratch: buffers.scratch + form.indices.scratchBytes)
      for index in 0..<to.elementCount {
        var (offset, at) = (0, 0)
        for place in steps.indices {
          let position = index / steps[place] % to[place]
          at += position * places[place]
          if place != axis { offset += position * from[place] }
        }
        let place = indices[at] < 0 ? Int(indices[at]) + size : Int(indices[at])
        guard (0..<size).contains(place) else {
          buffers.fail("expected indices into \(size) positions, found \(indices[at])")
          continue
        }
        (buffers.outputBytes() + index * width).copyMemory(
          from: source + (offset + place * stride) * width, byteCount: width)
      }
    }
  }
}

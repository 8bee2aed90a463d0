import ModelFormat
import Tensors

/// The axes in another order, told by what moves: `Swapaxes` and `Moveaxis` of `keras.ops`.
///
/// Keras: <https://keras.io/api/ops/numpy/#moveaxis-function>
struct AxisExchange: Layer {
  static let classNames = ["ops.Moveaxis", "ops.Swapaxes"]
  static let elementTypes = ElementType.allCases

  private let source: [Int]
  private let destination: [Int]
  private let swaps: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    swaps = reader.className == "ops.Swapaxes"
    source = reader.intList(swaps ? "axis1" : "source", default: [])
    destination = reader.intList(swaps ? "axis2" : "destination", default: [])
    if source.count != destination.count || source.isEmpty {
      reader.reject(nil, "expected as many axes as places, found \(source) and \(destination)")
    }
  }

  private func order(_ shape: Shape) throws(LayerError) -> [Int] {
    let from = source.compactMap(shape.normalizedAxis)
    let to = destination.compactMap(shape.normalizedAxis)
    guard from.count == source.count, to.count == from.count, Set(from).count == from.count,
      Set(to).count == to.count
    else {
      throw LayerError("expected axes of shape \(shape), found \(source) and \(destination)")
    }
    var order = Array(0..<shape.rank)
    if swaps {
      order.swapAt(from[0], to[0])
      return order
    }
    order.removeAll(where: from.contains)
    for (place, axis) in zip(to, from).sorted(by: { $0.0 < $1.0 }) {
      order.insert(axis, at: place)
    }
    return order
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    return [TensorType(Shape(try order(shape).map { shape[$0] }), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let input = call.inputs[0]
    let order = try order(input.shape)
    return .run { buffers in
      CPUKernels.active.permute(
        input.shape, axes: order, elementBytes: input.elementType.byteCount,
        buffers.inputBytes(0), into: buffers.outputBytes())
    }
  }
}

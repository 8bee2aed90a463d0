import ModelFormat
import Tensors

/// The same elements under another shape: `Reshape`, `ExpandDims`, `Squeeze` and `Ravel` of
/// `keras.ops`.
///
/// Keras: <https://keras.io/api/ops/numpy/>
struct ReshapeOperation: Layer {
  static let classNames = ["ops.ExpandDims", "ops.Ravel", "ops.Reshape", "ops.Squeeze"]
  static let elementTypes = ElementType.allCases
  static let arguments = LayerCall.operandPlaces.union(["newshape"])
  static let keywords = SizeExpression.keywords

  private enum Rule: Sendable {
    case sizes([Int])
    case insert([Int])
    case remove([Int]?)
  }

  private let rule: Rule

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    switch reader.className {
    case "ops.Reshape":
      rule = .sizes(
        reader.intList("newshape", default: [-1], in: -1...LayerReader.largestSize))
    case "ops.ExpandDims": rule = .insert(reader.intList("axis", default: []))
    case "ops.Squeeze":
      rule = .remove(reader.value("axis") == nil ? nil : reader.intList("axis", default: []))
    default: rule = .sizes([-1])
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    return [TensorType(try outputShape(shape, call), call.inputs[0].elementType)]
  }

  private func outputShape(_ shape: Shape, _ call: LayerCall) throws(LayerError) -> Shape {
    switch rule {
    case .sizes(let sizes):
      var sizes = try call.sizes("newshape") ?? sizes
      let known = sizes.filter { $0 >= 0 }.reduce(1, *)
      if let open = sizes.firstIndex(of: -1), known > 0 { sizes[open] = shape.elementCount / known }
      guard !sizes.contains(-1), sizes.reduce(1, *) == shape.elementCount else {
        throw LayerError("expected as many elements as shape \(shape) has, found \(sizes)")
      }
      return Shape(sizes)
    case .insert(let axes):
      let rank = shape.rank + axes.count
      let places = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
      guard places.count == axes.count, places.allSatisfy((0..<rank).contains) else {
        throw LayerError("expected axes of a shape of rank \(rank), found \(axes)")
      }
      var rest = shape.dimensions[...]
      return Shape((0..<rank).map { places.contains($0) ? 1 : rest.popFirst() ?? 1 })
    case .remove(let axes):
      let places =
        axes.map { Set($0.compactMap(shape.normalizedAxis)) }
        ?? Set(shape.dimensions.indices.filter { shape[$0] == 1 })
      guard axes == nil || places.count == axes?.count, places.allSatisfy({ shape[$0] == 1 }) else {
        throw LayerError("expected axes of size 1 in shape \(shape), found \(axes ?? [])")
      }
      return Shape(
        shape.dimensions.indices.filter { !places.contains($0) }.map { shape[$0] })
    }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

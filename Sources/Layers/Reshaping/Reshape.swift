import Tensors

/// y = x under the shape `target_shape`, in which one size may be -1: whatever is left.
///
/// Input: (B, …). Output: (B, target_shape…).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/reshape/>
struct Reshape: Layer {
  static let classNames = ["Reshape"]
  static let elementTypes = ElementType.allCases

  private let target: [Int]

  init(_ reader: inout LayerReader) {
    target = reader.intList("target_shape", default: [], in: -1...LayerReader.largestSize)
    if target.count(where: { $0 < 0 }) > 1 {
      reader.reject("target_shape", "expected at most one -1, found \(target)")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.rank > 0 else { throw LayerError("expected a batch axis, found a scalar") }
    let count = shape.dimensions.dropFirst().reduce(1, *)
    guard let known = Shape(target.filter { $0 >= 0 }).elementCount(atMost: 1 << 40) else {
      throw LayerError("the target shape \(target) is too large")
    }
    var sizes = target
    if let open = target.firstIndex(of: -1) {
      sizes[open] = known > 0 ? count / known : 0
    }
    guard sizes.reduce(1, *) == count else {
      throw LayerError("expected \(known) elements for the target shape \(target), found \(count)")
    }
    return [TensorType(Shape([shape[0]] + sizes), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

import ModelFormat
import Tensors

/// y = x[start:stop:step, index, …, None]: NumPy's basic indexing.
///
/// Input: any shape; by keyword what a bound is computed of. Output: sliced axes keep their place, an index takes its axis away, `None`
/// puts one of size 1.
///
/// Keras: `keras.src.ops.numpy.GetItem`
struct GetItem: Layer {
  static let classNames = ["ops.GetItem"]
  static let elementTypes = ElementType.allCases
  static let arguments = LayerCall.operandPlaces
  static let keywords = SizeExpression.keywords

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {}

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try maps(for: call).output, call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    return try maps(for: call).step(
      from: type.shape, elementBytes: type.elementType.byteCount, fill: 0)
  }

  private func maps(for call: LayerCall) throws(LayerError) -> AxisMaps {
    let shape = try call.onlyShape()
    guard let key = call.arguments["1"] else {
      throw LayerError("expected an index that is a constant, found none")
    }
    var items = key.array ?? [key]
    let taken = items.filter { !$0.isNull && !$0.isEllipsis }.count
    guard taken <= shape.rank else {
      throw LayerError("expected at most \(shape.rank) indices of shape \(shape), found \(taken)")
    }
    let rest = [JSONValue](repeating: .slice, count: shape.rank - taken)
    if let ellipsis = items.firstIndex(where: \.isEllipsis) {
      items.replaceSubrange(ellipsis...ellipsis, with: rest)
    } else {
      items += rest
    }
    var maps = AxisMaps(identity: shape)
    var (axis, sizes) = (0, [Int]())
    for item in items {
      if item.isNull {
        sizes.append(1)
        continue
      }
      guard axis < shape.rank else { throw LayerError("expected one ellipsis, found several") }
      if let slice = PythonSlice(item) {
        maps.axes[axis] = try slice.positions(size: shape[axis], in: call)
        sizes.append(maps.axes[axis].count)
      } else {
        let index = try SizeExpression(item, in: call).values.first ?? 0
        let position = index < 0 ? index + shape[axis] : index
        guard (0..<shape[axis]).contains(position) else {
          throw LayerError("expected an index into \(shape[axis]) positions, found \(index)")
        }
        maps.axes[axis] = [position]
      }
      axis += 1
    }
    maps.output = Shape(sizes)
    return maps
  }
}

extension JSONValue {
  /// What Python writes as `:`.
  fileprivate static var slice: JSONValue {
    .object(["class_name": .string("__slice__"), "config": .object([:])])
  }

  /// Whether this is Python's `...`.
  fileprivate var isEllipsis: Bool { self["class_name"]?.string == "__ellipsis__" }
}

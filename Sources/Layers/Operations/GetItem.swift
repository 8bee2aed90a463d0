import ModelFormat
import Tensors

/// y = x[start:stop:step, index, …, None]: NumPy's basic indexing.
///
/// Input: any shape. Output: sliced axes keep their place, an index takes its axis away, `None`
/// puts one of size 1.
///
/// Keras: `keras.src.ops.numpy.GetItem`
struct GetItem: Layer {
  static let classNames = ["ops.GetItem"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

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
      if let index = item.int {
        let position = index < 0 ? index + shape[axis] : index
        guard (0..<shape[axis]).contains(position) else {
          throw LayerError("expected an index into \(shape[axis]) positions, found \(index)")
        }
        maps.axes[axis] = [position]
      } else {
        maps.axes[axis] = try Self.positions(item, size: shape[axis])
        sizes.append(maps.axes[axis].count)
      }
      axis += 1
    }
    maps.output = Shape(sizes)
    return maps
  }

  /// The positions that a slice takes, as Python clamps them.
  private static func positions(_ slice: JSONValue, size: Int) throws(LayerError) -> [Int] {
    guard slice["class_name"]?.string == "__slice__", let config = slice["config"] else {
      throw LayerError("expected a slice, an index, None or an ellipsis, found \(slice)")
    }
    func part(_ name: String) -> Int? { config[name]?.int }
    let step = part("step") ?? 1
    guard step != 0 else { throw LayerError("expected a step other than 0") }
    func clamped(_ bound: Int, _ range: ClosedRange<Int>) -> Int {
      min(max(bound < 0 ? bound + size : bound, range.lowerBound), range.upperBound)
    }
    if step > 0 {
      let start = part("start").map { clamped($0, 0...size) } ?? 0
      let stop = part("stop").map { clamped($0, 0...size) } ?? size
      return Array(stride(from: start, to: max(start, stop), by: step))
    }
    let start = part("start").map { clamped($0, -1...(size - 1)) } ?? size - 1
    let stop = part("stop").map { clamped($0, -1...(size - 1)) } ?? -1
    return Array(stride(from: start, to: min(start, stop), by: step))
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

import ModelFormat
import Tensors

/// The bytes of x as elements of another type: `View` of `keras.ops`.
///
/// Input: numbers. Output: of the same shape but for the last axis, which takes as many elements as
/// its bytes make; TensorFlow's `bitcast` (`adds_axis`) puts those of each element on an axis of
/// their own.
///
/// Keras: <https://keras.io/api/ops/numpy/#view-function>
struct View: Layer {
  static let classNames = ["ops.View"]
  static let elementTypes: [ElementType] = []

  private let target: ElementType?
  private let addsAxis: Bool

  init(_ reader: inout LayerReader) {
    let name = reader.value("dtype")?.string
    target = name.flatMap(ElementType.init)
    addsAxis = reader.bool("adds_axis", default: false)
    // What is computed with is 32 bits wide, or whole.
    let unknown = target.map { $0.isFloatingPoint && $0 != .float32 || $0 == .string } ?? false
    if let name, target == nil || unknown {
      reader.refuse("dtype", "bytes as elements of type \"\(name)\"")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    let type = call.inputs[0].elementType
    let target = target ?? type
    if target.byteCount == type.byteCount { return [TensorType(shape, target)] }
    if addsAxis, let parts = shape.splitting(type.byteCount, into: target.byteCount) {
      return [TensorType(parts, target)]
    }
    guard !addsAxis, shape.rank > 0, shape[-1] * type.byteCount % target.byteCount == 0 else {
      throw LayerError("expected bytes that make elements of \(target), found shape \(shape)")
    }
    shape[shape.rank - 1] = shape[-1] * type.byteCount / target.byteCount
    return [TensorType(shape, target)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let count = call.inputs[0].byteCount
    return .run { buffers in
      buffers.outputBytes().copyMemory(from: buffers.inputBytes(0), byteCount: count)
    }
  }
}

extension Shape {
  /// The shape of elements cut into smaller ones, or put together from those on the last axis; nil
  /// where that axis has too few or too many.
  fileprivate func splitting(_ bytes: Int, into other: Int) -> Shape? {
    if other < bytes { return Shape(dimensions + [bytes / other]) }
    return dimensions.last == other / bytes ? Shape(Array(dimensions.dropLast())) : nil
  }
}

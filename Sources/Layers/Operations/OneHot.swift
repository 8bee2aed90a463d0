import ModelFormat
import Tensors

/// y[…, c, …] = 1 where c is the index, else 0: `OneHot` of `keras.ops`.
///
/// An index that is no class gives zeros. TensorFlow may name other numbers: `on_value` and
/// `off_value`.
///
/// Input: any shape. Output: an axis of `num_classes` more, the last where `axis` is -1.
///
/// Keras: <https://keras.io/api/ops/nn/#onehot-function>
struct OneHot: Layer {
  static let classNames = ["ops.OneHot"]
  static let elementTypes: [ElementType] = []

  private let classes: Int
  private let axis: Int
  private let (on, off): (Float, Float)
  private let type: ElementType

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    classes = reader.int("num_classes")
    axis = reader.int("axis", default: -1, in: -64...63)
    on = Float(reader.number("on_value", default: 1))
    off = Float(reader.number("off_value", default: 0))
    let asked = reader.value("dtype")?.string.flatMap(ElementType.init) ?? .float32
    type = asked.isFloatingPoint ? .float32 : asked
    if type == .string { reader.reject("dtype", "expected numbers, found \(type)") }
  }

  private func place(_ shape: Shape) throws(LayerError) -> Int {
    let place = axis < 0 ? axis + shape.rank + 1 : axis
    guard (0...shape.rank).contains(place) else {
      throw LayerError("expected an axis of one more than shape \(shape) has, found \(axis)")
    }
    return place
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    var sizes = shape.dimensions
    sizes.insert(classes, at: try place(shape))
    return [TensorType(Shape(sizes), type)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let inner = shape.dimensions[(try place(shape))...].reduce(1, *)
    let operand = Operand(input: 0, call.inputs[0])
    let (classes, on, off, type) = (classes, on, off, type)
    let count = shape.elementCount * classes
    let bytes = operand.scratchBytes
    return .run(scratchBytes: bytes + (type == .float32 ? 0 : count * 4)) { buffers in
      let x = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
      let y =
        type == .float32
        ? buffers.output() : (buffers.scratch + bytes).assumingMemoryBound(to: Float.self)
      y.update(repeating: off, count: count)
      for index in 0..<shape.elementCount where (0..<Int64(classes)).contains(x[index]) {
        y[(index / inner * classes + Int(x[index])) * inner + index % inner] = on
      }
      if type != .float32 { convertElements(count, y, .float32, buffers.outputBytes(), type) }
    }
  }
}

import ModelFormat
import Tensors

/// Tensors that a few numbers tell: `Full` and `Arange` of `keras.ops`, whose numbers the call may
/// compute of sizes, TensorFlow's `sequence_mask`, and such numbers themselves (`Sizes`).
///
/// Input: for a mask the lengths (B, …); by keyword the tensors whose sizes count. Output: `shape`
/// filled with `fill_value`; the numbers from `start` to `stop` by `step`; or for each length as many
/// ones, and then zeros up to `maxlen`.
///
/// Keras: <https://keras.io/api/ops/numpy/#full-function>
struct Filling: Layer {
  static let classNames = ["ops.Arange", "ops.Full", "ops.SequenceMask", "ops.Sizes"]
  static let elementTypes: [ElementType] = []
  static let keywords = SizeExpression.keywords
  static let arguments: Set = ["maxlen", "shape", "start", "step", "stop", "value"]

  private let name: String
  private let type: ElementType
  private let fill: Double
  private let options: [String: JSONValue]

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    name = reader.className
    let asked = reader.value("dtype")?.string.flatMap(ElementType.init)
    let natural: ElementType =
      name == "ops.Full" ? .float32 : name == "ops.SequenceMask" ? .bool : .int32
    let type = asked ?? natural
    self.type =
      type.isFloatingPoint ? .float32 : type == .bool ? .bool : type.isWide ? .int64 : .int32
    fill = name == "ops.Full" ? reader.number("fill_value", default: 0) : 1
    var options: [String: JSONValue] = [:]
    for option in Self.arguments { options[option] = reader.value(option) }
    self.options = options
  }

  /// The numbers of an option or an argument; nil where there are none.
  private func numbers(_ option: String, _ call: LayerCall) throws(LayerError) -> [Int]? {
    if let sizes = try call.sizes(option) { return sizes }
    guard let value = options[option] else { return nil }
    return try SizeExpression(value, in: call).values
  }

  private func range(_ call: LayerCall) throws(LayerError) -> StrideTo<Int> {
    let step = try numbers("step", call)?.first ?? 1
    guard step != 0 else { throw LayerError("expected a step other than 0") }
    let start = try numbers("start", call)?.first ?? 0
    guard let stop = try numbers("stop", call)?.first else {
      return stride(from: 0, to: start, by: step)
    }
    return stride(from: start, to: stop, by: step)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    switch name {
    case "ops.Full":
      let shape = try numbers("shape", call) ?? []
      guard shape.allSatisfy({ $0 >= 0 }) else {
        throw LayerError("expected a shape, found \(shape)")
      }
      return [TensorType(Shape(shape), type)]
    case "ops.Sizes":
      let value = try SizeExpression(call.arguments["value"] ?? .null, in: call)
      return [TensorType(value.isList ? [value.values.count] : [], type)]
    case "ops.Arange": return [TensorType([Array(try range(call)).count], type)]
    default:
      guard call.positionalCount == 1, let most = try numbers("maxlen", call)?.first, most >= 0
      else { throw LayerError("expected lengths and the greatest of them, \"maxlen\"") }
      return [TensorType(Shape(call.inputs[0].shape.dimensions + [most]), type)]
    }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let output = call.outputs[0]
    if name == "ops.SequenceMask" {
      let lengths = Operand(input: 0, call.inputs[0])
      let most = output.shape[-1]
      return .run(scratchBytes: lengths.scratchBytes) { buffers in
        let counts = lengths.values(as: Int64.self, buffers, scratch: buffers.scratch)
        let elements = (0..<output.shape.elementCount).map { index in
          Int64(index % most) < counts[index / most] ? 1.0 : 0
        }
        NumberArray(output.shape, elements)
          .store(into: buffers.outputBytes(), as: output.elementType)
      }
    }
    let numbers: NumberArray
    switch name {
    case "ops.Arange": numbers = NumberArray(output.shape, try range(call).map { Double($0) })
    case "ops.Full": numbers = NumberArray(output.shape, repeating: fill)
    default:
      let value = try SizeExpression(call.arguments["value"] ?? .null, in: call)
      numbers = NumberArray(output.shape, value.values.map { Double($0) })
    }
    return .run { buffers in numbers.store(into: buffers.outputBytes(), as: output.elementType) }
  }
}

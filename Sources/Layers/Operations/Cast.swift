import ModelFormat
import Tensors

/// y = x as elements of another type, and the tensors of zeros or ones in x's shape: `Cast`,
/// `SaturateCast`, `Array`, `ConvertToTensor`, `ZerosLike` and `OnesLike` of `keras.ops`.
///
/// Floating-point types are all computed in single precision; numbers are rounded to what a type of
/// 16 bits holds. `SaturateCast` keeps numbers within the type.
///
/// Keras: <https://keras.io/api/ops/core/#cast-function>
struct Cast: Layer {
  static let classNames = [
    "ops.Array", "ops.Cast", "ops.ConvertToTensor", "ops.OnesLike", "ops.SaturateCast",
    "ops.ZerosLike",
  ]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces.union(["dtype"])

  private let target: ElementType?
  private let fill: Double?
  /// The least and the largest number that are kept.
  private let range: ClosedRange<Float>?

  init(_ reader: inout LayerReader) {
    let name = reader.value("dtype")?.string
    target = name.flatMap(ElementType.init).flatMap { $0 == .string ? nil : $0 }
    fill = ["ops.OnesLike": 1, "ops.ZerosLike": 0][reader.className]
    range =
      reader.className == "ops.SaturateCast"
      ? name.flatMap(ElementType.init)?.integerRange : nil
    for option in ["sparse", "ragged"] where reader.bool(option, default: false) {
      reader.refuse(option, "sparse and ragged tensors are not supported")
    }
    if let name, target == nil { reader.refuse("dtype", "elements of type \"\(name)\"") }
  }

  private func asked(_ call: LayerCall) -> ElementType? {
    target ?? call.arguments["dtype"]?.string.flatMap(ElementType.init)
  }

  private func target(_ call: LayerCall) -> ElementType {
    let type = asked(call) ?? call.inputs[0].elementType
    if type.isFloatingPoint { return .float32 }
    return type.isWide ? .int64 : type
  }

  /// The type of 16 bits that floating-point numbers are rounded to.
  private func halfType(_ call: LayerCall) -> ElementType? {
    asked(call).flatMap { [.float16, .bfloat16].contains($0) ? $0 : nil }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    if let type = call.arguments["dtype"], type == .string(ElementType.string.rawValue) {
      throw LayerError("expected numbers to convert to, found \(type)")
    }
    return [TensorType(try call.onlyShape(), target(call))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, target, fill) = (call.inputs[0], target(call), fill)
    let count = input.shape.elementCount
    let half = fill == nil ? halfType(call) : nil
    if input.elementType == target, fill == nil, range == nil, half == nil { return .view }
    let operand = Operand(input: 0, input)
    if let range {
      return .run(scratchBytes: 2 * operand.scratchBytes) { buffers in
        let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
        let kept = (buffers.scratch + operand.scratchBytes).assumingMemoryBound(to: Float.self)
        for index in 0..<count {
          kept[index] = min(max(x[index], range.lowerBound), range.upperBound)
        }
        convertElements(count, kept, .float32, buffers.outputBytes(), target)
      }
    }
    if let fill {
      let numbers = NumberArray(input.shape, repeating: fill)
      return .run { buffers in numbers.store(into: buffers.outputBytes(), as: target) }
    }
    if let half {
      return .run(scratchBytes: operand.scratchBytes) { buffers in
        let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
        CPUKernels.active.roundToHalf(half, count: count, x, into: buffers.output())
      }
    }
    // What 32 bits without a sign make of it, as one of the numbers that stand for them.
    let wraps = asked(call) == .uint32
    return .run(scratchBytes: wraps ? count * 4 : 0) { buffers in
      var (from, type) = (buffers.inputBytes(0), input.elementType)
      if wraps {
        convertElements(count, from, type, buffers.scratch, .uint32)
        (from, type) = (UnsafeRawPointer(buffers.scratch), .uint32)
      }
      convertElements(count, from, type, buffers.outputBytes(), target)
    }
  }
}

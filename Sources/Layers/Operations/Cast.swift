import ModelFormat
import Tensors

/// y = x as elements of another type, and the tensors of zeros or ones in x's shape: `Cast`,
/// `ZerosLike` and `OnesLike` of `keras.ops`.
///
/// Floating-point types are all computed in single precision.
///
/// Keras: <https://keras.io/api/ops/core/#cast-function>
struct Cast: Layer {
  static let classNames = ["ops.Cast", "ops.OnesLike", "ops.ZerosLike"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces.union(["dtype"])

  private let target: ElementType?
  private let fill: Double?

  init(_ reader: inout LayerReader) {
    let name = reader.value("dtype")?.string
    target = name.flatMap(ElementType.init).flatMap { $0 == .string ? nil : $0 }
    fill = ["ops.OnesLike": 1, "ops.ZerosLike": 0][reader.className]
    if let name, target == nil { reader.refuse("dtype", "elements of type \"\(name)\"") }
  }

  private func target(_ call: LayerCall) -> ElementType {
    let asked = target ?? call.arguments["dtype"]?.string.flatMap(ElementType.init)
    let type = asked ?? call.inputs[0].elementType
    return type.isFloatingPoint ? .float32 : [.bool, .int64].contains(type) ? type : .int32
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
    if input.elementType == target, fill == nil { return .view }
    let operand = Operand(input: 0, input)
    return .run(scratchBytes: operand.scratchBytes) { buffers in
      func write<Element: TensorElement>(_ element: Element.Type, _ value: Element) {
        buffers.output(0, as: element).update(repeating: value, count: count)
      }
      switch (target, fill) {
      case (.float32, let fill?): write(Float.self, Float(fill))
      case (.bool, let fill?): write(Bool.self, fill != 0)
      case (.int64, let fill?): write(Int64.self, Int64(fill))
      case (_, let fill?): write(Int32.self, Int32(fill))
      case (.bool, nil):
        let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
        let y = buffers.output(0, as: Bool.self)
        for index in 0..<count { y[index] = x[index] != 0 }
      case (_, nil):
        convertElements(
          count, buffers.inputBytes(0), input.elementType, buffers.outputBytes(), target)
      }
    }
  }
}

import ModelFormat
import Tensors

/// y = x as elements of another tensor's type; floating-point types are all single precision.
///
/// Input: x and the other tensor, of any shapes. Output: x's shape.
struct CastLike: Layer {
  static let classNames = ["CastLike"]
  static let elementTypes: [ElementType] = []

  init(_ reader: inout LayerReader) {}

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard call.inputs.count == 2, !call.inputs.map(\.elementType).contains(.string) else {
      throw LayerError("expected two tensors of numbers, found \(call.inputs)")
    }
    let type = call.inputs[1].elementType
    return [TensorType(call.inputs[0].shape, type.isFloatingPoint ? .float32 : type)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, target) = (call.inputs[0], call.outputs[0].elementType)
    if input.elementType == target { return .view }
    return .run { buffers in
      convertElements(
        input.shape.elementCount, buffers.inputBytes(0), input.elementType, buffers.outputBytes(),
        target)
    }
  }
}

import ModelFormat
import Tensors

/// y = value: a tensor that a call of another layer was given in place of one of the graph.
///
/// It has no input; the importer writes it, with the tensor in the option `value` as the file has
/// it: nested lists of numbers, or such with their type.
struct Constant: Layer {
  static let classNames = ["Constant"]

  private let value: Tensor

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    do throws(LayerError) {
      let operand = try Operand(reader.value("value") ?? .null)
      let tensor = operand.constantTensor ?? Tensor([0], [Float]())
      let isUnsigned = [.uint32, .uint64].contains(tensor.elementType)
      value = isUnsigned ? tensor.converted(to: .int64) : tensor
    } catch {
      reader.reject("value", error.description)
      value = Tensor([0], [Float]())
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard call.inputs.isEmpty else {
      throw LayerError("expected no input, found \(call.inputs.count)")
    }
    return [value.type]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let value = value
    return .run { buffers in
      value.withBytes { bytes in
        UnsafeMutableRawBufferPointer(start: buffers.outputBytes(), count: bytes.count)
          .copyMemory(from: bytes)
      }
    }
  }
}

package import Tensors

/// y = x, its numbers rounded to 16 bits: what a layer of such a policy does to what it is given.
///
/// Input and output: any shape; what is no floating-point number stays as it is.
package struct RoundedInput: Layer {
  package static let classNames: [String] = []
  package static let elementTypes: [ElementType] = []

  private let rounding: Rounding?

  package init(_ reader: inout LayerReader) { rounding = reader.rounding }

  /// A layer that rounds to the given type.
  package init(_ rounding: Rounding) { self.rounding = rounding }

  package func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] { call.inputs }

  package func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    guard let rounding, call.inputs[0].elementType == .float32 else { return .view }
    let count = call.inputs[0].shape.elementCount
    return .run { buffers in
      CPUKernels.active.roundToHalf(
        rounding.type, count: count, buffers.input(0), into: buffers.output())
    }
  }
}

import ModelFormat
import Tensors

/// y = activation(einsum(equation, x, kernel) + bias).
///
/// Input, kernel and output: the axes that the equation names. Weights: kernel, and with
/// `bias_axes` bias, which broadcasts to the output.
///
/// Keras: <https://keras.io/api/layers/core_layers/einsum_dense/>
struct EinsumDense: Layer {
  static let classNames = ["EinsumDense"]

  private let equation: EinsumEquation?
  private let kernel: Tensor
  private let bias: Tensor?
  private let activation: ActivationFunction

  init(_ reader: inout LayerReader) {
    let text = reader.value("equation")
    equation = text?.string.flatMap(EinsumEquation.init)
    if equation == nil {
      reader.reject("equation", "expected an equation, found \(text ?? .null)")
    }
    _ = reader.value("output_shape")
    let rank = equation?.kernel.count ?? 0
    kernel = reader.weight("kernel", [Int?](repeating: nil, count: rank))
    let biasRank = reader.storedShape(of: "bias")?.rank ?? 1
    bias =
      reader.value("bias_axes") == nil
      ? nil : reader.weight("bias", [Int?](repeating: nil, count: biasRank))
    activation = reader.activation()
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let output = try plan(for: call).output
    if let bias, broadcastShape(output, bias.shape) != output {
      throw LayerError("expected an output that the bias \(bias.shape) fits, found \(output)")
    }
    return [TensorType(output)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let plan = try plan(for: call)
    let kernel = kernel
    let panels = context.shared("kernel \(plan.kernelOrder)") { Self.pack(kernel, plan) }
    let body = EinsumBody(
      plan: plan, input: call.inputs[0].shape, panels: panels, bias: bias, activation: activation)
    return .run(scratchBytes: body.scratchCount * MemoryLayout<Float>.stride) { body.run($0) }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let plan = try? plan(for: call) else { return 0 }
    return plan.product.elementCount * plan.inner
  }

  private func plan(for call: LayerCall) throws(LayerError) -> EinsumPlan {
    guard let equation else { throw LayerError("expected an equation, found none") }
    return try EinsumPlan(equation, input: try call.onlyShape(), kernel: kernel.shape)
  }

  /// The kernel in panels, one matrix for each index of the axes that input and output share.
  private static func pack(_ kernel: Tensor, _ plan: EinsumPlan) -> [PackedMatrix] {
    let ordered = Tensor(kernel.shape, Float.self) { numbers in
      guard let target = numbers.baseAddress else { return }
      kernel.withBytes { bytes in
        guard let source = bytes.baseAddress else { return }
        CPUKernels.active.permute(kernel.shape, axes: plan.kernelOrder, source, into: target)
      }
    }
    let numbers = ordered.elements(as: Float.self)
    let size = plan.inner * plan.columns
    return (0..<plan.batch).map { index in
      PackedMatrix(
        rows: plan.inner, columns: plan.columns, Array(numbers[(index * size)...].prefix(size)))
    }
  }
}

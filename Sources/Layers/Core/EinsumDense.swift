import ModelFormat
import Tensors

/// y = activation(einsum(equation, x, kernel) + bias).
///
/// As `QuantizedEinsumDense`, x becomes what ``InputQuantizer`` makes of it, each of the parts by
/// itself that the equation sums up, and what comes of whole numbers is divided by the part's factor
/// and by the weight kernel_scale, where there is one, whose axes are the kernel's.
///
/// Input, kernel and output: the axes that the equation names. Weights: kernel, and with
/// `bias_axes` bias, which broadcasts to the output.
///
/// Keras: <https://keras.io/api/layers/core_layers/einsum_dense/>
struct EinsumDense: Layer {
  static let classNames = ["EinsumDense", "QuantizedEinsumDense"]

  private let equation: EinsumEquation?
  private let kernel: Tensor
  private let bias: Tensor?
  /// Whether a bias of one axis goes to the output's last axis where that is as long.
  private let fitsLines: Bool
  private let activation: ActivationFunction
  private let quantizer: InputQuantizer?
  private let kernelScale: Tensor?
  private let sumsInHalf: Bool

  init(_ reader: inout LayerReader) {
    let text = reader.value("equation")
    equation = text?.string.flatMap(EinsumEquation.init)
    if equation == nil {
      reader.reject("equation", "expected an equation, found \(text ?? .null)")
    }
    _ = reader.value("output_shape")
    sumsInHalf = reader.sumsInHalf || equation?.isMatmul == false
    let rank = equation?.kernel.count ?? 0
    kernel = reader.weight("kernel", [Int?](repeating: nil, count: rank))
    let biasRank = reader.storedShape(of: "bias")?.rank ?? 1
    bias =
      reader.value("bias_axes") == nil
      ? nil : reader.weight("bias", [Int?](repeating: nil, count: biasRank))
    fitsLines = reader.bool("bias_fits_lines", default: false)
    activation = reader.activation()
    quantizer = reader.className == "QuantizedEinsumDense" ? reader.inputQuantizer() : nil
    let scaleShape = quantizer == nil ? nil : reader.storedShape(of: "kernel_scale")
    kernelScale = scaleShape.map { reader.weight("kernel_scale", $0.dimensions) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let output = try plan(for: call).output
    if let kernelScale, !kernelScale.shape.isScale(of: kernel.shape, summed: equation) {
      throw LayerError(
        "expected a scale for each of the kernel's axes that are not summed up, "
          + "found shape \(kernelScale.shape)")
    }
    if let bias = bias(of: output), broadcastShape(output, bias.shape) != output {
      throw LayerError("expected an output that the bias \(bias.shape) fits, found \(output)")
    }
    return [TensorType(output)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let plan = try plan(for: call)
    let kernel = kernel
    let panels = context.shared("kernel \(plan.kernelOrder)") { Self.pack(kernel, plan) }
    var body = EinsumBody(
      plan: plan, input: call.inputs[0].shape, panels: panels, bias: bias(of: plan.output),
      activation: activation)
    body.quantizer = quantizer
    body.rounding = context.rounding
    if context.rounding != nil, sumsInHalf, quantizer == nil {
      body.kernel = kernel.transposed(plan.kernelOrder)
    }
    body.scaling = ScaledProduct(kernelScale: kernelScale?.transposed(plan.kernelOrder))
    return .run(scratchBytes: body.scratchCount * MemoryLayout<Float>.stride) { [body] in
      body.run($0)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let plan = try? plan(for: call) else { return 0 }
    return plan.product.elementCount * plan.inner
  }

  private func plan(for call: LayerCall) throws(LayerError) -> EinsumPlan {
    guard let equation else { throw LayerError("expected an equation, found none") }
    return try EinsumPlan(equation, input: try call.onlyShape(), kernel: kernel.shape)
  }

  /// The bias as it is added to an output.
  private func bias(of output: Shape) -> Tensor? {
    fitsLines ? bias?.asBias(of: output) : bias
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

extension Shape {
  /// Whether a tensor of this shape has one number for each line along the axes that an equation
  /// sums up of a kernel.
  fileprivate func isScale(of kernel: Shape, summed equation: EinsumEquation?) -> Bool {
    guard let equation, rank == kernel.rank else { return false }
    let expected = zip(equation.kernel, kernel.dimensions).map { letter, size in
      equation.sumsUp(letter) ? 1 : size
    }
    return dimensions == expected
  }
}

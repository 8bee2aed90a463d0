import Tensors

/// An ``EinsumDense`` that is ready to run.
struct EinsumBody: Sendable {
  let plan: EinsumPlan
  let input: Shape
  let panels: [PackedMatrix]
  let bias: Tensor?
  let activation: ActivationFunction
  /// What is done to the input before it is multiplied, if anything.
  var quantizer: InputQuantizer?
  /// What every operation's numbers are rounded to; nil in single precision.
  var rounding: Rounding?
  /// The kernel (batch, inner, columns), where products are added up in 16 bits.
  var kernel: Tensor?
  /// What the product is divided by where the input is whole numbers.
  var scaling = ScaledProduct(kernelScale: nil)

  private var orderedCount: Int {
    plan.takesInputAsItIs && quantizer == nil ? 0 : input.elementCount
  }
  private var productCount: Int { plan.givesOutputAsItIs ? 0 : plan.product.elementCount }
  private var factorCount: Int { quantizer == nil ? 0 : plan.batch * plan.rows }

  /// The numbers of scratch memory that a run takes.
  var scratchCount: Int { orderedCount + productCount + factorCount }

  /// Whether the bias is one number for each column of the product.
  private var hasColumnBias: Bool {
    guard let bias, plan.givesOutputAsItIs, bias.shape.elementCount == plan.columns else {
      return false
    }
    return plan.output.dimensions.suffix(bias.shape.rank).elementsEqual(bias.shape.dimensions)
  }

  func run(_ buffers: StepBuffers) {
    let x = orderedInput(buffers)
    let y = plan.givesOutputAsItIs ? buffers.output() : buffers.scratch(from: orderedCount)
    let scalesRows = quantizer?.scalesRows == true
    let isFinished = rounding == nil && !scalesRows && (bias == nil || hasColumnBias)
    let epilogue = Epilogue(
      bias: isFinished ? bias?.firstNumber : nil,
      activation: isFinished ? activation.epilogue : .linear)
    for index in 0..<plan.batch {
      if contract(index, x, into: y) { continue }
      panels[index].multiply(
        rows: plan.rows, x + index * plan.rows * plan.inner,
        into: y + index * plan.rows * plan.columns, epilogue, buffers.workers)
      guard scalesRows else { continue }
      scaling.scale(
        y + index * plan.rows * plan.columns, rows: plan.rows, width: plan.columns,
        column: index * plan.columns, factors: factors(buffers) + index * plan.rows)
    }
    let out = buffers.output()
    if !plan.givesOutputAsItIs {
      CPUKernels.active.permute(plan.product, axes: plan.outputOrder, y, into: out)
    }
    rounding?.roundProduct(out, count: plan.output.elementCount)
    if !isFinished { addBias(out) }
    if isFinished, case .elementwise = activation { return }
    let width = plan.output.rank > 0 ? plan.output[-1] : 1
    let rows = plan.output.elementCount / max(width, 1)
    if let rounding {
      rounding.round(out, count: plan.output.elementCount)
      rounding.apply(activation, out, out, rows: rows, width: width)
    } else {
      activation.apply(out, out, rows: rows, width: width)
    }
  }

  /// Computes a product that is added up in 16 bits; false where it is not.
  private func contract(
    _ index: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) -> Bool {
    guard let rounding, let kernel = kernel?.firstNumber else { return false }
    rounding.contract(
      rows: plan.rows, inner: plan.inner, columns: plan.columns, batches: plan.batch,
      Rounding.Matrix(
        start: x + index * plan.rows * plan.inner, rowStride: plan.inner, columnStride: 1),
      Rounding.Matrix(
        start: kernel + index * plan.inner * plan.columns, rowStride: plan.columns,
        columnStride: 1), into: y + index * plan.rows * plan.columns, rowStride: plan.columns)
    return true
  }

  private func orderedInput(_ buffers: StepBuffers) -> UnsafePointer<Float> {
    if orderedCount == 0 { return buffers.input(0) }
    let ordered = buffers.scratch()
    CPUKernels.active.permute(
      input, axes: plan.inputOrder, buffers.inputBytes(0), into: ordered)
    quantizer?.quantize(
      rows: plan.batch * plan.rows, count: plan.inner * plan.summed, ordered, into: ordered,
      factors: factors(buffers), buffers.workers)
    if plan.summed != 1, let rounding {
      rounding.sums(
        ordered, outer: plan.batch * plan.rows * plan.inner, count: plan.summed, inner: 1,
        into: ordered)
    } else if plan.summed != 1 {
      CPUKernels.active.reduce(
        .sum, outer: plan.batch * plan.rows * plan.inner, count: plan.summed, ordered,
        into: ordered)
    }
    return UnsafePointer(ordered)
  }

  private func factors(_ buffers: StepBuffers) -> UnsafeMutablePointer<Float> {
    buffers.scratch(from: orderedCount + productCount)
  }

  private func addBias(_ out: UnsafeMutablePointer<Float>) {
    guard let bias, let broadcast = Broadcast(plan.output, bias.shape) else { return }
    bias.withElements(as: Float.self) { numbers in
      guard let first = numbers.baseAddress else { return }
      CPUKernels.active.binary(.add, broadcast, out, first, into: out)
    }
  }
}

import Tensors

/// A call of an attention that projects to heads, ready to run.
///
/// Scratch memory holds, one after the other: inputs whose axes had to be ordered, the projections,
/// the heads' outputs, the output before its axes are ordered, and what the heads work in.
struct HeadedRun: Sendable {
  private let plan: HeadedPlan
  private let options: HeadedOptions
  private let returnsScores: Bool
  private let rounding: Rounding?
  /// Whether the output's product is added up in 16 bits where it is rounded.
  private let contractsOutput: Bool
  private let projections: AttentionProjections
  private let panels: PackedMatrix
  /// Where the ordered or quantised query, value and key begin; empty where the inputs are as they
  /// should be.
  private let ordered: [Int]
  private let projected: Int
  private let context: Int
  private let unordered: Int
  private let work: Int
  private let factors: Int
  /// The numbers of scratch memory that a run takes.
  let scratchCount: Int

  init(
    _ plan: HeadedPlan, _ options: HeadedOptions, returnsScores: Bool, _ context: PlanContext
  ) {
    (self.plan, self.options, self.returnsScores) = (plan, options, returnsScores)
    rounding = context.rounding
    let isSequence = plan.inputs[0].rank == 3
    projections = AttentionProjections(
      plan.parts, rows: plan.rows(options), contracts: options.sumsInHalf || !isSequence,
      in: context)
    contractsOutput = options.sumsInHalf || !isSequence || options.outputSizes.count > 1
    let inner = options.heads * options.valueSize
    let width = options.output.kernel.shape.elementCount / inner
    let kernel = options.output.kernel
    panels = context.shared("attention_output") {
      PackedMatrix(kernel, rows: inner, columns: 0..<width, of: width)
    }
    var end = 0
    func take(_ count: Int) -> Int {
      defer { end += (count + 15) / 16 * 16 }
      return end
    }
    ordered =
      plan.axes.isIdentity && options.quantizers.isEmpty
      ? [] : plan.inputs.map { take($0.elementCount) }
    projected = take(projections.scratchCount)
    self.context = take(plan.queryRows * inner)
    unordered = take(plan.axes.isIdentity ? 0 : plan.output.elementCount)
    work = take(plan.attention.scratchCount)
    factors = take(
      options.quantizers.isEmpty
        ? 0 : plan.inputs.map { $0.elementCount / max($0[-1], 1) }.max() ?? 0)
    scratchCount = end
  }

  func callAsFunction(_ buffers: StepBuffers) {
    orderInputs(buffers)
    projections.run(
      { self.input($0, buffers) }, buffers.scratch(from: projected), buffers.workers)
    let inner = options.heads * options.valueSize
    let heads = plan.rows(
      buffers.scratch(from: context), headSize: options.valueSize, stride: inner,
      count: plan.scores.queryCount)
    if let rounding, plan.attention.rounding?.scalesQueries == true {
      scaleQueries(rounding, rows(0, options.keySize, plan.scores.queryCount, buffers))
    }
    plan.attention.run(
      q: rows(0, options.keySize, plan.scores.queryCount, buffers),
      k: rows(1, options.keySize, plan.scores.keyCount, buffers),
      v: rows(2, options.valueSize, plan.scores.keyCount, buffers), out: heads,
      scores: returnsScores ? buffers.output(1) : nil, scratch: buffers.scratch(from: work),
      buffers)
    if options.parts.count > 3 { applyGate(heads, buffers) }
    options.quantizers.output?.approximate(
      rows: plan.queryRows, count: inner, heads.start, into: heads.start,
      factors: buffers.scratch(from: factors), buffers.workers)
    let target = plan.axes.isIdentity ? buffers.output() : buffers.scratch(from: unordered)
    let width = plan.output.elementCount / max(plan.queryRows, 1)
    if contractsOutput, let rounding, let kernel = options.output.kernel.firstNumber {
      rounding.contract(
        rows: plan.queryRows, inner: inner, columns: width, batches: 1,
        Rounding.Matrix(start: heads.start, rowStride: inner, columnStride: 1),
        Rounding.Matrix(start: kernel, rowStride: width, columnStride: 1), into: target,
        rowStride: width)
    } else {
      panels.multiply(
        rows: plan.queryRows, heads.start, into: target,
        Epilogue(bias: rounding == nil ? plan.outputBias.columns?.firstNumber : nil),
        buffers.workers)
    }
    if let rounding {
      rounding.roundProduct(target, count: plan.output.elementCount)
      if let bias = plan.outputBias.columns?.firstNumber {
        rounding.add(bias, to: target, rows: plan.queryRows, width: width)
      }
    }
    plan.outputBias.rows?.add(
      to: target, rows: plan.queryRows, width: width, rowStride: width, rounding)
    if !plan.axes.isIdentity { orderOutput(target, buffers) }
  }

  /// Multiplies the queries of all heads by the scale, rounded.
  private func scaleQueries(_ rounding: Rounding, _ queries: AttentionRows) {
    let (width, scale) = (options.heads * options.keySize, rounding(plan.attention.shape.scale))
    let stride = plan.axes.isAmongHeads ? queries.headStride : queries.rowStride
    for row in 0..<plan.queryRows {
      let start = queries.start + row * stride
      for index in 0..<width { start[index] = rounding(start[index] * scale) }
    }
  }

  /// The rows of one projected part.
  private func rows(
    _ part: Int, _ headSize: Int, _ count: Int, _ buffers: StepBuffers
  ) -> AttentionRows {
    let place = projections.places[part]
    return plan.rows(
      buffers.scratch(from: projected + place.start), headSize: headSize, stride: place.stride,
      count: count)
  }

  /// Multiplies the heads' outputs by the sigmoid of the gate.
  private func applyGate(_ heads: AttentionRows, _ buffers: StepBuffers) {
    let gate = rows(3, options.valueSize, plan.scores.queryCount, buffers)
    let count = options.heads * options.valueSize
    buffers.workers.forEachRange(of: plan.queryRows, grain: 1 + 8192 / count) { range in
      for row in range {
        let (factor, value) = (gate.start + row * gate.rowStride, heads.start + row * count)
        if let rounding {
          rounding.apply(.elementwise(.sigmoid), factor, factor, rows: 1, width: count)
          rounding.combine(.multiply, count: count, value, factor, into: value)
          continue
        }
        CPUKernels.active.activate(.sigmoid, count: count, factor, into: factor)
        CPUKernels.active.binary(.multiply, count: count, value, factor, into: value)
      }
    }
  }

  /// The query (0), value (1) or key (2), its axes in order.
  private func input(_ index: Int, _ buffers: StepBuffers) -> UnsafePointer<Float> {
    if ordered.isEmpty { return buffers.input(index == 2 ? plan.keyInput : index) }
    return UnsafePointer(buffers.scratch(from: ordered[place(index)]))
  }

  /// Where a tensor is ordered: the key by itself where something else is done to it.
  private func place(_ index: Int) -> Int {
    index == 2 && options.quantizers.isEmpty ? plan.keyInput : index
  }

  private func orderInputs(_ buffers: StepBuffers) {
    if ordered.isEmpty { return }
    for index in 0...(options.quantizers.isEmpty ? plan.keyInput : 2) {
      let target = buffers.scratch(from: ordered[index])
      let shape = plan.inputs[index]
      CPUKernels.active.permute(
        shape, axes: plan.axes.order, buffers.inputBytes(index == 2 ? plan.keyInput : index),
        into: target)
      options.quantizers.inputs[index]?.approximate(
        rows: shape.elementCount / max(shape[-1], 1), count: shape[-1], target, into: target,
        factors: buffers.scratch(from: factors), buffers.workers)
    }
  }

  private func orderOutput(_ target: UnsafePointer<Float>, _ buffers: StepBuffers) {
    let more = plan.output.rank - plan.inputs[0].rank + 1
    let from = plan.axes.ordered(plan.inputs[0]).dimensions.dropLast()
    CPUKernels.active.permute(
      Shape(from + plan.output.dimensions.suffix(more)), axes: plan.axes.back(more: more), target,
      into: buffers.outputBytes())
  }
}

import Tensors

/// y = a · b over the last two axes, the others broadcast; a vector counts as a row before, or a
/// column behind.
///
/// Input: a (…, M, K) and b (…, K, N). Output: (…, M, N); whole numbers where both are.
///
/// Keras: <https://keras.io/api/ops/numpy/#matmul-function>
struct Matmul: Layer {
  static let classNames = ["ops.Matmul"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {}

  /// The sides as matrices, and what they broadcast to.
  private struct Form {
    let operands: [Operand]
    let (m, k, n): (Int, Int, Int)
    let lead: Broadcast
    let output: Shape
  }

  private func form(of call: LayerCall) throws(LayerError) -> Form {
    let operands = try call.operands(2)
    var (a, b) = (operands[0].type.shape.dimensions, operands[1].type.shape.dimensions)
    let (isRow, isColumn) = (a.count == 1, b.count == 1)
    if isRow { a = [1] + a }
    if isColumn { b = b + [1] }
    guard a.count > 1, b.count > 1, a[a.count - 1] == b[b.count - 2],
      let lead = Broadcast(Shape(Array(a.dropLast(2))), Shape(Array(b.dropLast(2))))
    else {
      throw LayerError(
        "expected matrices (…, M, K) and (…, K, N), found \(operands[0].type.shape) and "
          + "\(operands[1].type.shape)")
    }
    let (m, n) = (a[a.count - 2], b[b.count - 1])
    return Form(
      operands: operands, m: m, k: a[a.count - 1], n: n, lead: lead,
      output: Shape(lead.shape.dimensions + (isRow ? [] : [m]) + (isColumn ? [] : [n])))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let form = try form(of: call)
    return [TensorType(form.output, form.operands.productType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let form = try form(of: call)
    let (m, k, n) = (form.m, form.k, form.n)
    let (operands, lead) = (form.operands, form.lead)
    let (kernels, rounding) = (CPUKernels.active, context.rounding)
    let panelBytes = (kernels.packedCount(rows: k, columns: n) * 4 + 63) / 64 * 64
    let converted = operands.reduce(0) { $0 + $1.scratchBytes }
    let (type, count) = (call.outputs[0].elementType, form.output.elementCount)
    let bytes = panelBytes + converted
    return .run(scratchBytes: bytes + (type == .float32 ? 0 : count * 4)) { buffers in
      let panels = buffers.scratch()
      let first = buffers.scratch + panelBytes
      let a = operands[0].values(as: Float.self, buffers, scratch: first)
      let b = operands[1].values(
        as: Float.self, buffers, scratch: first + operands[0].scratchBytes)
      let y =
        type == .float32
        ? buffers.output() : (buffers.scratch + bytes).assumingMemoryBound(to: Float.self)
      lead.forEachRun(in: 0..<lead.runCount) { run in
        for index in 0..<run.count {
          let left = run.a + (lead.advancesA ? index : 0)
          let right = run.b + (lead.advancesB ? index : 0)
          kernels.pack(rows: k, columns: n, from: b + right * k * n, rowStride: n, into: panels)
          kernels.product(
            rows: m, inner: k, columns: n, a: a + left * m * k, aStride: k, panels: panels,
            c: y + (run.output + index) * m * n, cStride: n)
          rounding?.roundProduct(y + (run.output + index) * m * n, count: m * n)
        }
      }
      if type != .float32 { convertElements(count, y, .float32, buffers.outputBytes(), type) }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let form = try? form(of: call) else { return 0 }
    return form.lead.shape.elementCount * form.m * form.k * form.n
  }
}

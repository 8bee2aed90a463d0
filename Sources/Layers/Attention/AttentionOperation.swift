import ModelFormat
import Tensors

/// Attention of heads: y = softmax(scale · q · kᵀ) · v for each of them, `DotProductAttention` of
/// `keras.ops`.
///
/// Input: query (B, T, N, H), key and value (B, S, K, H), of whose heads each is for N / K of the
/// query's, and a bias and a mask that broadcast to (B, N, T, S). Output: (B, T, N, H).
///
/// Keras: <https://keras.io/api/ops/nn/#dotproductattention-function>
struct AttentionOperation: Layer {
  static let classNames = ["ops.DotProductAttention"]
  static let arguments = LayerCall.operandPlaces

  private let isCausal: Bool

  init(_ reader: inout LayerReader) {
    isCausal = reader.bool("is_causal", default: false)
    _ = reader.value("flash_attention")
    if let cap = reader.value("attn_logits_soft_cap") {
      reader.refuse("attn_logits_soft_cap", "scores are not capped, found \(cap)")
    }
  }

  /// A call's sizes and masks.
  private func plan(
    for call: LayerCall, _ rounding: Rounding? = nil
  ) throws(LayerError) -> AttentionPlan {
    let slots = try call.allOperands()
    guard slots.count >= 3, let query = slots[0], let key = slots[1], let value = slots[2],
      [query, key, value].allSatisfy({ $0.constantTensor == nil && $0.type.shape.rank == 4 })
    else {
      throw LayerError("expected a query, a key and a value of rank 4, found \(call.inputs)")
    }
    let (q, k, v) = (query.type.shape, key.type.shape, value.type.shape)
    guard q[0] == k[0], q[3] == k[3], k[0] == v[0], k[1] == v[1], k[2] == v[2], k[2] > 0,
      q[2] % k[2] == 0
    else { throw LayerError("expected heads of one size, found \(q), \(k) and \(v)") }
    var shape = AttentionShape(queries: q[1], keys: k[1], keySize: q[3], valueSize: v[3])
    shape.scale = 1 / Float(q[3]).squareRoot()
    if slots.count > 5, let scale = slots[5] {
      guard let number = scale.constantNumbers?.first else {
        throw LayerError("expected a scale that is a number")
      }
      shape.scale = Float(number)
    }
    if isCausal { shape.after = 0 }
    var masks: [(input: Int, shape: Shape)] = []
    if slots.count > 4, let mask = slots[4], try biased(call) == nil {
      masks.append((3, mask.type.shape))
    }
    let scores = AttentionMask.Scores(lead: [q[0]], heads: q[2], queries: [q[1]], keys: [k[1]])
    return AttentionPlan(
      shape, batch: q[0], heads: q[2], headsPerKey: q[2] / k[2],
      mask: try AttentionMask(masks, of: scores, panelWidth: CPUKernels.active.panelWidth),
      rounding: rounding.map { .fused($0) })
  }

  /// A call's bias, and its mask beside one; nil where there is none and the model computes the mask.
  private func biased(
    _ call: LayerCall
  ) throws(LayerError) -> (bias: Operand?, mask: Operand?)? {
    let slots = try call.allOperands()
    let bias = slots.count > 3 ? slots[3] : nil
    let mask = slots.count > 4 ? slots[4] : nil
    return bias == nil && mask?.constantTensor == nil ? nil : (bias, mask)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let plan = try plan(for: call)
    var shape = call.inputs[0].shape
    shape[3] = plan.shape.valueSize
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let plan = try plan(for: call, context.rounding)
    let shapes = (call.inputs[0].shape, call.inputs[1].shape, call.inputs[2].shape)
    let output = call.outputs[0].shape
    if let (bias, mask) = try biased(call) {
      return try BiasedAttention(
        shapes, scale: plan.shape.scale, isCausal: isCausal, bias: bias, mask: mask,
        rounding: context.rounding
      ).step()
    }
    return .run(scratchBytes: plan.scratchCount * MemoryLayout<Float>.stride) { buffers in
      plan.run(
        q: AttentionRows(heads: buffers.input(0), of: shapes.0),
        k: AttentionRows(heads: buffers.input(1), of: shapes.1),
        v: AttentionRows(heads: buffers.input(2), of: shapes.2),
        out: AttentionRows(heads: buffers.output(), of: output), scores: nil,
        scratch: buffers.scratch(), buffers)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int { (try? plan(for: call).multiplyAdds) ?? 0 }
}

extension AttentionRows {
  /// The rows of a tensor (B, rows, heads, row length).
  fileprivate init(heads start: UnsafePointer<Float>, of shape: Shape) {
    self.init(
      start: UnsafeMutablePointer(mutating: start), rowStride: shape[2] * shape[3],
      headStride: shape[3], itemStride: shape[1] * shape[2] * shape[3])
  }
}

import Tensors

/// Attention whose inputs are projected to heads, and whose heads are projected to the output.
///
/// Input: query (B, T, D), value (B, S, D) and key (B, S, D), which is the value where it is not
/// given; there may be several axes T and S, and others beside them. By keyword: attention_mask,
/// which broadcasts to (B, H, T, S), query_mask (B, T), value_mask and key_mask (B, S); a query
/// does not look at a key where one of them is zero. Output: (B, T, O), and with
/// `return_attention_scores` the weights (B, H, T, S).
protocol HeadedAttention: Layer {
  /// The options and weights.
  var options: HeadedOptions { get }
}

extension HeadedAttention {
  static var keywords: Set<String> {
    ["query_mask", "value_mask", "key_mask", "attention_mask"]
  }
  static var arguments: Set<String> { ["return_attention_scores", "use_causal_mask"] }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let plan = try HeadedPlan(options, call)
    return [TensorType(plan.output)]
      + (call.returnsScores ? [TensorType(Shape(plan.scores.dimensions))] : [])
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let run = HeadedRun(
      try HeadedPlan(options, call, context.rounding), options, returnsScores: call.returnsScores,
      context)
    return .run(scratchBytes: run.scratchCount * MemoryLayout<Float>.stride) { buffers in
      run(buffers)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let plan = try? HeadedPlan(options, call) else { return 0 }
    let projected = zip(options.parts, plan.rows(options)).reduce(0) { sum, part in
      sum + part.0.kernel.shape.elementCount * part.1
    }
    return projected + plan.attention.multiplyAdds
      + options.output.kernel.shape.elementCount * plan.queryRows
  }
}

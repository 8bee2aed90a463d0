import ModelFormat
import Tensors

/// Attention without projections: y = softmax(score(q, k)) · v over sequences.
///
/// Input: query (B, T, D), value (B, S, E) and key (B, S, D), which is the value where it is not
/// given; by keyword the masks of the query (B, T), whose masked rows become 0, and of the value
/// (B, S), whose masked steps are left out. Output: (B, T, E), and with `return_attention_scores`
/// the weights (B, T, S). Axes before the last two may be several.
protocol SequenceAttention: Layer {
  /// How the score of a query and a key comes about.
  func score(keySize: Int) throws(LayerError) -> AttentionShape.Score
  /// What scores are multiplied by.
  var scale: Float { get }
  /// Whether every call is causal.
  var isCausal: Bool { get }
  /// What a query gets that may look at no key.
  var unseeing: AttentionShape.Unseeing { get }
}

extension LayerReader {
  /// What is left of scores that are all masked by adding -1e9.
  mutating func unseeing() -> AttentionShape.Unseeing {
    bool("keeps_scores", default: false) ? .scores : .shifted
  }
}

extension SequenceAttention {
  static var keywords: Set<String> {
    ["mask:0", "mask:1", "mask:2", "query_mask", "value_mask", "key_mask"]
  }
  static var arguments: Set<String> { ["return_attention_scores", "use_causal_mask"] }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let (query, value, _) = try call.sequences()
    var output = query
    output[-1] = value[-1]
    var weights = query
    weights[-1] = value[-2]
    return [TensorType(output)] + (call.returnsScores ? [TensorType(weights)] : [])
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (query, value, key) = try call.sequences()
    let plan = try plan(for: call, context.rounding)
    let queryMask = try call.queryMask(query)
    let (keyInput, returnsScores) = (call.positionalCount > 2 ? 2 : 1, call.returnsScores)
    var output = query
    output[-1] = value[-1]
    let outputShape = output
    return .run(scratchBytes: plan.scratchCount * 4) { buffers in
      let out = AttentionRows(buffers.output(), of: outputShape)
      plan.run(
        q: AttentionRows(buffers.input(0), of: query),
        k: AttentionRows(buffers.input(keyInput), of: key),
        v: AttentionRows(buffers.input(1), of: value), out: out,
        scores: returnsScores ? buffers.output(1) : nil, scratch: buffers.scratch(), buffers)
      guard let queryMask else { return }
      let mask = buffers.input(queryMask)
      for row in 0..<plan.batch * plan.shape.queries where mask[row] == 0 {
        (out.start + row * out.rowStride).update(repeating: 0, count: out.rowStride)
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int { (try? plan(for: call).multiplyAdds) ?? 0 }

  private func plan(
    for call: LayerCall, _ rounding: Rounding? = nil
  ) throws(LayerError) -> AttentionPlan {
    let (query, value, key) = try call.sequences()
    var shape = AttentionShape(
      queries: query[-2], keys: key[-2], keySize: key[-1], valueSize: value[-1])
    shape.score = try score(keySize: key[-1])
    shape.scale = scale
    shape.unseeing = unseeing
    if isCausal || call.flag("use_causal_mask") { shape.after = 0 }
    let scores = AttentionMask.Scores(
      lead: Array(query.dimensions.dropLast(2)), heads: 1, queries: [query[-2]], keys: [key[-2]])
    let masks = ["mask:1", "value_mask"].compactMap { name in
      call.keywords[name].map { input -> (input: Int, shape: Shape) in
        // A mask of the keys, or one of the scores, which Keras 3 takes as well.
        let mask = call.inputs[input].shape
        let last = mask.rank < query.rank ? 1 : 2
        return (input, Shape(mask.dimensions.dropLast(last) + [1] + mask.dimensions.suffix(last)))
      }
    }
    return AttentionPlan(
      shape, batch: scores.batch, heads: 1,
      mask: try AttentionMask(masks, of: scores, panelWidth: CPUKernels.active.panelWidth),
      rounding: rounding.map { .plain($0) })
  }
}

extension AttentionRows {
  /// The rows of a tensor (…, rows, row length), as one head of each item.
  fileprivate init(_ start: UnsafePointer<Float>, of shape: Shape) {
    self.init(
      start: UnsafeMutablePointer(mutating: start), rowStride: shape[-1], headStride: 0,
      itemStride: shape[-1] * shape[-2])
  }
}

extension LayerCall {
  /// Whether the call asks for an attention's weights too.
  var returnsScores: Bool { flag("return_attention_scores") }

  /// Whether an argument is given and true.
  func flag(_ argument: String) -> Bool {
    arguments[argument].map { $0.bool ?? ($0.int.map { $0 != 0 } ?? false) } ?? false
  }

  /// The shapes of query, value and key.
  fileprivate func sequences() throws(LayerError) -> (query: Shape, value: Shape, key: Shape) {
    guard positionalCount == 2 || positionalCount == 3 else {
      throw LayerError("expected 2 or 3 inputs, found \(positionalCount)")
    }
    let (query, value) = (inputs[0].shape, inputs[1].shape)
    let key = inputs[positionalCount - 1].shape
    guard query.rank > 2, value.rank == query.rank, key.rank == query.rank,
      key[-1] == query[-1], key[-2] == value[-2],
      query.dimensions.dropLast(2) == value.dimensions.dropLast(2),
      query.dimensions.dropLast(2) == key.dimensions.dropLast(2)
    else {
      throw LayerError(
        "expected a query (B, T, D), a value (B, S, E) and a key (B, S, D), found shapes "
          + "\(query), \(value) and \(key)")
    }
    return (query, value, key)
  }

  /// The input that masks the queries, whose shape is that of `query` without its last axis.
  fileprivate func queryMask(_ query: Shape) throws(LayerError) -> Int? {
    guard let input = keywords["mask:0"] ?? keywords["query_mask"] else { return nil }
    let expected = Shape(Array(query.dimensions.dropLast()))
    guard inputs[input].shape == expected else {
      throw LayerError("expected a query mask of shape \(expected), found \(inputs[input].shape)")
    }
    return input
  }
}

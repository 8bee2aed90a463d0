import Tensors

/// The shapes of one call of an attention that projects to heads.
struct HeadedPlan: Sendable {
  let axes: AttentionAxes
  let scores: AttentionMask.Scores
  /// The shapes of query, value and key.
  let inputs: [Shape]
  /// Which of the call's inputs is the key.
  let keyInput: Int
  let output: Shape
  /// The parts, and what the output's product is taken by, with their biases where they belong.
  let parts: [AttentionProjections.Part]
  let outputBias: (columns: Tensor?, rows: RowBias?)
  let attention: AttentionPlan

  init(
    _ options: HeadedOptions, _ call: LayerCall, _ rounding: Rounding? = nil
  ) throws(LayerError) {
    guard call.positionalCount == 2 || call.positionalCount == 3 else {
      throw LayerError("expected 2 or 3 inputs, found \(call.positionalCount)")
    }
    keyInput = call.positionalCount - 1
    inputs = [0, 1, keyInput].map { call.inputs[$0].shape }
    axes = try AttentionAxes(
      options.axes, rank: inputs[0].rank, countsHeads: options.countsHeads)
    try Self.check(inputs, options, axes)
    let lead = axes.lead(inputs[0])
    scores =
      axes.isAmongHeads
      ? AttentionMask.Scores(
        lead: lead.dropLast(), heads: lead.last ?? 1, queries: [options.heads],
        keys: [options.heads])
      : AttentionMask.Scores(
        lead: lead, heads: options.heads, queries: axes.attended(inputs[0]),
        keys: axes.attended(inputs[1]))
    let more =
      options.outputSizes.isEmpty ? [options.output.kernel.shape[2]] : options.outputSizes
    output = Shape(inputs[0].dimensions.dropLast() + more)
    (parts, outputBias) = Self.biases(options, inputs, axes)
    var shape = AttentionShape(
      queries: scores.queryCount, keys: scores.keyCount, keySize: options.keySize,
      valueSize: options.valueSize)
    shape.scale = 1 / Float(options.keySize).squareRoot()
    let isSoftmaxLayer = call.returnsScores || options.hasDropout || inputs[0].rank != 3
    shape.unseeing =
      options.addsMask
      ? options.unseeing : isSoftmaxLayer && !options.keepsMasked ? .zero : .uniform
    try Self.limit(&shape, options, call, inputs, axes)
    let takesNumbers = options.keepsMasked || options.passesMask && isSoftmaxLayer
    let contracts = options.sumsInHalf || inputs[0].rank != 3
    let axisCount = axes.count
    attention = AttentionPlan(
      shape, batch: scores.batch, heads: scores.heads,
      headsPerKey: axes.isAmongHeads ? 1 : options.heads / options.keyHeads,
      mask: try AttentionMask(
        Self.masks(of: call), of: scores, panelWidth: CPUKernels.active.panelWidth,
        keepsAbove: takesNumbers && shape.before == nil && shape.after == nil ? 0.5 : nil),
      rounding: rounding.map { rounding in
        isSoftmaxLayer || options.sumsInHalf
          ? .layered(
            rounding, addsMask: options.addsMask, contracts: contracts,
            isJoint: axisCount > 1)
          : .fused(rounding)
      })
  }

  /// The rows of the query and of the output.
  var queryRows: Int {
    scores.batch * (axes.isAmongHeads ? scores.heads : scores.queryCount)
  }

  /// The rows that each projected part has.
  func rows(_ options: HeadedOptions) -> [Int] {
    options.parts.map {
      $0.source == 0 || axes.isAmongHeads ? queryRows : scores.batch * scores.keyCount
    }
  }

  /// Where the heads' rows begin, of places that have all heads of `headSize` numbers and are `stride`
  /// apart, `count` of them in an item.
  func rows(
    _ start: UnsafeMutablePointer<Float>, headSize: Int, stride: Int, count: Int
  ) -> AttentionRows {
    axes.isAmongHeads
      ? AttentionRows(
        start: start, rowStride: headSize, headStride: stride, itemStride: stride * scores.heads)
      : AttentionRows(
        start: start, rowStride: stride, headStride: headSize, itemStride: stride * count)
  }

  private static func biases(
    _ options: HeadedOptions, _ inputs: [Shape], _ axes: AttentionAxes
  ) -> (parts: [AttentionProjections.Part], output: (columns: Tensor?, rows: RowBias?)) {
    let bias = options.output.bias
    guard options.biasFitsRows else { return (options.parts, (bias, nil)) }
    let parts = options.parts.map { part in
      var part = part
      part.rowBias = RowBias(part.bias, of: inputs[part.source], axes)
      if part.rowBias != nil { part.bias = nil }
      return part
    }
    let rows = RowBias(bias, of: inputs[0], axes)
    return (parts, (rows == nil ? bias : nil, rows))
  }

  private static func check(
    _ inputs: [Shape], _ options: HeadedOptions, _ axes: AttentionAxes
  ) throws(LayerError) {
    let (query, value, key) = (inputs[0], inputs[1], inputs[2])
    guard query.rank == value.rank, value.dimensions.dropLast() == key.dimensions.dropLast(),
      axes.lead(query) == axes.lead(value)
    else {
      throw LayerError(
        "expected a query (B, T, D), a value (B, S, D) and a key (B, S, D), found shapes "
          + "\(query), \(value) and \(key)")
    }
    for part in options.parts where inputs[part.source][-1] != part.inner {
      throw LayerError(
        "expected \(part.inner) channels, found shape \(inputs[part.source])")
    }
  }

  /// Limits the keys that a query may look at by position, as a causal mask and a window do.
  ///
  /// Keras makes both masks for axis 1, whichever axes are attended over.
  private static func limit(
    _ shape: inout AttentionShape, _ options: HeadedOptions, _ call: LayerCall, _ inputs: [Shape],
    _ axes: AttentionAxes
  ) throws(LayerError) {
    let isCausal = call.flag("use_causal_mask")
    if !isCausal && options.window == nil { return }
    let (queries, keys) = (inputs[0][1], inputs[1][1])
    guard axes.count == 1, (queries, keys) == (shape.queries, shape.keys) else {
      if (queries, keys) == (1, 1) { return }
      throw LayerError(
        "a causal mask or a window is for one attention axis, as long as axis 1 is; found shape "
          + "\(inputs[0])")
    }
    shape.before = options.window.map { $0 - 1 }
    shape.after = isCausal ? 0 : options.window.map { $0 - 1 }
  }

  /// The masks among the inputs, each under the shape in which Keras joins it with the others.
  private static func masks(of call: LayerCall) -> [(input: Int, shape: Shape)] {
    call.keywords.sorted { $0.key < $1.key }.map { name, input in
      let sizes = call.inputs[input].shape.dimensions
      switch name {
      case "query_mask": return (input, Shape(sizes + [1]))
      case "value_mask", "key_mask": return (input, Shape(sizes.dropLast() + [1] + sizes.suffix(1)))
      default: return (input, Shape(sizes))
      }
    }
  }
}

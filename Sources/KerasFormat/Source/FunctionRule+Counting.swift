import ModelFormat

/// The functions along axes, and those with parameters of their own.
extension FunctionRule {
  static func reduction(_ name: String) -> FunctionRule {
    let ofNumbers = ["ops.Max", "ops.Mean", "ops.Min", "ops.Prod", "ops.Sum"].contains(name)
    return FunctionRule(
      className: name, options: ["axis": "axis", "keepdims": "keepdims"],
      defaults: ofNumbers ? ["keeps_type": .bool(true)] : [:])
  }

  static let counting: [String: FunctionRule] = [
    "argsort": FunctionRule(
      className: "ops.Argsort", options: ["axis": "axis", "direction": "direction"],
      idle: ["stable": .null]),
    "clip_by_norm": FunctionRule(
      className: "ops.ClipByNorm", options: ["clip_norm": "clip_norm", "axes": "axes"]),
    "clip_by_value": FunctionRule(
      className: "ops.Clip", options: ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    "linspace": FunctionRule(
      className: "ops.Linspace", operands: ["stop"], options: ["num": "num", "axis": "axis"]),
    "math.argmax": place("ops.Argmax"),
    "math.argmin": place("ops.Argmin"),
    "math.atan2": FunctionRule(className: "ops.Arctan2", operands: ["x"]),
    "math.bincount": FunctionRule(
      className: "ops.Bincount",
      options: ["axis": "axis", "minlength": "minlength", "maxlength": "maxlength"],
      defaults: ["counts_all": .bool(true)],
      idle: ["binary_output": .bool(false), "dtype": .string("int32")]),
    "math.cumprod": accumulation("ops.Cumprod"),
    "math.cumsum": accumulation("ops.Cumsum"),
    "math.cumulative_logsumexp": accumulation("ops.CumulativeLogsumexp"),
    "math.in_top_k": FunctionRule(
      className: "ops.InTopK", operands: ["targets"], options: ["k": "k"], isCalledOnLast: true),
    "math.reciprocal_no_nan": FunctionRule(
      className: "ops.DivideNoNan", leading: [.double(1)]),
    "math.scalar_mul": FunctionRule(className: "ops.Multiply", operands: ["x"]),
    "math.top_k": FunctionRule(
      className: "ops.TopK", options: ["k": "k", "sorted": "sorted"], defaults: ["k": .int(1)],
      idle: ["index_type": .null]),
    "math.unsorted_segment_max": segments("ops.SegmentMax"),
    "math.unsorted_segment_min": segments("ops.SegmentMin"),
    "math.unsorted_segment_prod": segments("ops.SegmentProd"),
    "math.unsorted_segment_sum": segments("ops.SegmentSum"),
    "norm": FunctionRule(
      className: "ops.Norm", options: ["axis": "axis", "keepdims": "keepdims", "ord": "ord"]),
    "quantization.fake_quant_with_min_max_args": quantization,
    "quantization.fake_quant_with_min_max_vars": quantization,
    "quantization.fake_quant_with_min_max_vars_per_channel": FunctionRule(
      className: "ops.FakeQuantWithMinMaxVars", operands: ["min", "max"],
      options: ["num_bits": "num_bits", "narrow_range": "narrow_range"],
      defaults: ["axis": .int(-1)]),
    "searchsorted": FunctionRule(
      className: "ops.SearchSorted", operands: ["values"], options: ["side": "side"],
      idle: ["out_type": .null]),
    "sort": FunctionRule(
      className: "ops.Sort", options: ["axis": "axis", "direction": "direction"]),
    "size": FunctionRule(className: "ops.Size", idle: ["out_type": .null]),
  ]

  /// x · rsqrt(max(Σ x², ε)), which is x / max(norm, √ε); over several axes, or all, another operation.
  static func l2Normalization(_ call: SourceCall) -> FunctionRule {
    let epsilon = call.keywords["epsilon"]?.constant?.double ?? 1e-12
    let axis = (call.keywords["axis"] ?? call.keywords["dim"])?.constant
    return FunctionRule(
      className: axis?.int == nil ? "ops.L2Normalize" : "ops.Normalize",
      options: ["axis": "axis", "dim": "axis"],
      defaults: ["epsilon": .double(epsilon.squareRoot())], idle: ["epsilon": .null])
  }

  private static func place(_ name: String) -> FunctionRule {
    FunctionRule(
      className: name, options: ["axis": "axis", "dimension": "axis"],
      defaults: ["axis": .int(0), "equal_zeros": .bool(true)], idle: ["output_type": .null])
  }

  private static let quantization = FunctionRule(
    className: "ops.FakeQuantWithMinMaxVars", operands: ["min", "max"],
    options: ["num_bits": "num_bits", "narrow_range": "narrow_range"])

  private static func accumulation(_ name: String) -> FunctionRule {
    FunctionRule(
      className: name,
      options: ["axis": "axis", "exclusive": "exclusive", "reverse": "reverse"],
      defaults: ["axis": .int(0)])
  }

  private static func segments(_ name: String) -> FunctionRule {
    FunctionRule(
      className: name, operands: ["segment_ids"], options: ["num_segments": "num_segments"])
  }
}

import ModelFormat

/// How a function of TensorFlow is told as an operation of the canonical dialect.
struct FunctionRule: Sendable {
  /// The canonical class.
  let className: String
  /// The parameters behind the first that become further arguments by position.
  var operands: [String] = []
  /// The parameters that become options, under their canonical names.
  var options: [String: String] = [:]
  /// The options that the function has where the file says nothing.
  var defaults: [String: JSONValue] = [:]
  /// The parameters that change nothing where they have this value; null always changes nothing.
  var idle: [String: JSONValue] = [:]
  /// The parameters that stay arguments by their own name.
  var kept: Set<String> = []

  /// The rule of the function that a file calls `name`, or nil where there is none.
  static func of(_ name: String) -> FunctionRule? { table[name] }

  private static let table: [String: FunctionRule] =
    Dictionary(uniqueKeysWithValues: unary.map { ($0.key, FunctionRule(className: $0.value)) })
    .merging(binary.map { ($0.key, FunctionRule(className: $0.value, operands: ["y"])) }) { $1 }
    .merging(reductions.map { ($0.key, reduction($0.value)) }) { $1 }
    .merging(others) { $1 }

  private static let unary = [
    "identity": "ops.Copy", "stop_gradient": "ops.StopGradient", "math.add_n": "Add",
    "zeros_like": "ops.ZerosLike", "ones_like": "ops.OnesLike",
    "math.abs": "ops.Absolute", "math.negative": "ops.Negative", "math.square": "ops.Square",
    "math.sqrt": "ops.Sqrt", "math.rsqrt": "ops.Rsqrt", "math.reciprocal": "ops.Reciprocal",
    "math.exp": "ops.Exp", "math.expm1": "ops.Expm1", "math.log": "ops.Log",
    "math.log1p": "ops.Log1p", "math.sign": "ops.Sign", "math.floor": "ops.Floor",
    "math.ceil": "ops.Ceil", "math.round": "ops.Round", "round": "ops.Round",
    "math.sin": "ops.Sin", "math.cos": "ops.Cos", "math.tan": "ops.Tan",
    "math.asin": "ops.Arcsin", "math.acos": "ops.Arccos", "math.atan": "ops.Arctan",
    "math.sinh": "ops.Sinh", "math.cosh": "ops.Cosh", "math.tanh": "ops.Tanh",
    "nn.tanh": "ops.Tanh", "math.asinh": "ops.Arcsinh", "math.acosh": "ops.Arccosh",
    "math.atanh": "ops.Arctanh", "math.erf": "ops.Erf", "math.erfc": "ops.Erfc",
    "math.sigmoid": "ops.Sigmoid",
    "nn.sigmoid": "ops.Sigmoid", "math.log_sigmoid": "ops.LogSigmoid",
    "math.softplus": "ops.Softplus", "nn.softplus": "ops.Softplus",
    "nn.softsign": "ops.Softsign", "nn.relu": "ops.Relu", "nn.relu6": "ops.Relu6",
    "nn.elu": "ops.Elu", "nn.selu": "ops.Selu",
    "math.logical_not": "ops.LogicalNot", "math.is_nan": "ops.Isnan",
    "math.is_inf": "ops.Isinf", "math.is_finite": "ops.Isfinite",
  ]

  private static let binary = [
    "__operators__.add": "ops.Add", "math.add": "ops.Add", "math.subtract": "ops.Subtract",
    "math.multiply": "ops.Multiply", "math.truediv": "ops.TrueDivide",
    "math.divide": "ops.TrueDivide", "math.divide_no_nan": "ops.DivideNoNan",
    "math.floordiv": "ops.FloorDivide", "floor_div": "ops.FloorDivide", "math.floormod": "ops.Mod",
    "math.mod": "ops.Mod",
    "math.pow": "ops.Power", "math.maximum": "ops.Maximum", "math.minimum": "ops.Minimum",
    "math.equal": "ops.Equal", "math.not_equal": "ops.NotEqual",
    "__operators__.eq": "ops.Equal", "__operators__.ne": "ops.NotEqual",
    "math.greater": "ops.Greater", "math.greater_equal": "ops.GreaterEqual",
    "math.less": "ops.Less", "math.less_equal": "ops.LessEqual",
    "math.logical_and": "ops.LogicalAnd", "math.logical_or": "ops.LogicalOr",
    "math.logical_xor": "ops.LogicalXor", "math.squared_difference": "ops.SquaredDifference",
    "math.multiply_no_nan": "ops.MultiplyNoNan", "math.xlogy": "ops.Xlogy",
    "math.xdivy": "ops.Xdivy",
  ]

  private static let reductions = [
    "math.reduce_sum": "ops.Sum", "math.reduce_mean": "ops.Mean", "math.reduce_max": "ops.Max",
    "math.reduce_min": "ops.Min", "math.reduce_prod": "ops.Prod",
    "math.reduce_variance": "ops.Var", "math.reduce_std": "ops.Std",
    "math.reduce_logsumexp": "ops.Logsumexp", "math.reduce_all": "ops.All",
    "math.reduce_any": "ops.Any", "reduce_sum": "ops.Sum", "reduce_mean": "ops.Mean",
    "reduce_max": "ops.Max", "reduce_min": "ops.Min",
  ]

  private static func reduction(_ name: String) -> FunctionRule {
    FunctionRule(className: name, options: ["axis": "axis", "keepdims": "keepdims"])
  }

  private static func place(_ name: String) -> FunctionRule {
    FunctionRule(
      className: name, options: ["axis": "axis"], defaults: ["axis": .int(0)],
      idle: ["output_type": .string("<dtype: 'int64'>")])
  }

  private static let others: [String: FunctionRule] = [
    "__operators__.getitem": FunctionRule(className: "ops.GetItem", operands: ["slice_spec"]),
    "cast": FunctionRule(className: "ops.Cast", options: ["dtype": "dtype"]),
    "clip_by_value": FunctionRule(
      className: "ops.Clip", options: ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    "concat": FunctionRule(className: "ops.Concatenate", options: ["axis": "axis"]),
    "stack": FunctionRule(
      className: "ops.Stack", options: ["axis": "axis"], defaults: ["axis": .int(0)]),
    "unstack": FunctionRule(
      className: "ops.Unstack", options: ["axis": "axis", "num": "num"],
      defaults: ["axis": .int(0)]),
    "split": FunctionRule(
      className: "ops.Split",
      options: ["axis": "axis", "num_or_size_splits": "indices_or_sections"],
      defaults: ["axis": .int(0)]),
    "reshape": FunctionRule(className: "ops.Reshape", options: ["shape": "newshape"]),
    "expand_dims": FunctionRule(className: "ops.ExpandDims", options: ["axis": "axis"]),
    "squeeze": FunctionRule(className: "ops.Squeeze", options: ["axis": "axis"]),
    "transpose": FunctionRule(
      className: "ops.Transpose", options: ["perm": "axes"], idle: ["conjugate": .bool(false)]),
    "tile": FunctionRule(className: "ops.Tile", options: ["multiples": "repeats"]),
    "repeat": FunctionRule(
      className: "ops.Repeat", options: ["repeats": "repeats", "axis": "axis"]),
    "reverse": FunctionRule(className: "ops.Flip", options: ["axis": "axis"]),
    "roll": FunctionRule(className: "ops.Roll", options: ["shift": "shift", "axis": "axis"]),
    "broadcast_to": FunctionRule(className: "ops.BroadcastTo", options: ["shape": "shape"]),
    "pad": FunctionRule(
      className: "ops.Pad", options: ["paddings": "pad_width", "mode": "mode"],
      kept: ["constant_values"]),
    "gather": FunctionRule(
      className: "ops.Take", operands: ["indices"], options: ["axis": "axis"],
      defaults: ["axis": .int(0)],
      idle: ["batch_dims": .int(0), "validate_indices": .bool(true)]),
    "math.atan2": FunctionRule(className: "ops.Arctan2", operands: ["x"]),
    "where": FunctionRule(className: "ops.Where", operands: ["x", "y"]),
    "linalg.matmul": FunctionRule(
      className: "ops.Matmul", operands: ["b"],
      idle: [
        "transpose_a": .bool(false), "transpose_b": .bool(false), "adjoint_a": .bool(false),
        "adjoint_b": .bool(false), "a_is_sparse": .bool(false), "b_is_sparse": .bool(false),
      ]),
    "nn.bias_add": FunctionRule(
      className: "ops.Add", operands: ["bias"], idle: ["data_format": .string("NHWC")]),
    "nn.leaky_relu": FunctionRule(
      className: "ops.LeakyRelu", options: ["alpha": "negative_slope"]),
    "nn.gelu": FunctionRule(
      className: "ops.Gelu", options: ["approximate": "approximate"],
      defaults: ["approximate": .bool(false)]),
    "nn.silu": FunctionRule(className: "ops.Silu", idle: ["beta": .double(1)]),
    "nn.softmax": FunctionRule(
      className: "ops.Softmax", options: ["axis": "axis"], defaults: ["axis": .int(-1)]),
    "nn.log_softmax": FunctionRule(
      className: "ops.LogSoftmax", options: ["axis": "axis"], defaults: ["axis": .int(-1)]),
    "math.cumsum": FunctionRule(
      className: "ops.Cumsum", options: ["axis": "axis"], defaults: ["axis": .int(0)],
      idle: ["exclusive": .bool(false), "reverse": .bool(false)]),
    "math.cumprod": FunctionRule(
      className: "ops.Cumprod", options: ["axis": "axis"], defaults: ["axis": .int(0)],
      idle: ["exclusive": .bool(false), "reverse": .bool(false)]),
    // x · rsqrt(max(Σ x², 1e-12)), which is x / max(norm, 1e-6).
    "math.l2_normalize": FunctionRule(
      className: "ops.Normalize", options: ["axis": "axis"],
      defaults: ["epsilon": .double(1e-6)], idle: ["epsilon": .double(1e-12)]),
    "one_hot": FunctionRule(
      className: "ops.OneHot", options: ["depth": "num_classes", "axis": "axis"],
      idle: ["on_value": .int(1), "off_value": .int(0)]),
    "math.top_k": FunctionRule(
      className: "ops.TopK", options: ["k": "k", "sorted": "sorted"], defaults: ["k": .int(1)]),
    "math.argmax": place("ops.Argmax"),
    "math.argmin": place("ops.Argmin"),
  ]
}

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
  /// The option that what the function is called on becomes, where it is no tensor.
  var receiver: String?
  /// Whether what the function is called on comes behind the operands.
  var isCalledOnLast = false
  /// Constants before and behind all operands.
  var leading: [JSONValue] = []
  var constants: [JSONValue] = []

  /// The rule of a call of the function that a file calls `name`, or nil where there is none.
  static func of(_ name: String, _ call: SourceCall) -> FunctionRule? {
    if name == "nn.pool" || name == "nn.pool_v2" {
      let isMaximum = call.keywords["pooling_type"]?.constant?.string?.uppercased() == "MAX"
      return pool(isMaximum ? "ops.MaxPool" : "ops.AveragePool", size: "window_shape")
    }
    if name == "nn.silu", let beta = call.keywords["beta"]?.constant?.double, beta != 1 {
      return FunctionRule(className: "ops.Swish", options: ["beta": "beta"])
    }
    if name.hasPrefix("nn.dropout"), dropsNothing(call) {
      return FunctionRule(
        className: "ops.Copy",
        idle: ["rate": .null, "keep_prob": .null, "noise_shape": .null, "seed": .null])
    }
    if name == "einsum", case .list = call.positional.first {
      return FunctionRule(className: "ops.Einsum", options: ["equation": "subscripts"])
    }
    if name == "signal.stft" || name == "signal.inverse_stft" { return spectrogram(name, call) }
    return name == "math.l2_normalize" ? l2Normalization(call) : table[name]
  }

  /// Whether a call of a dropout leaves nothing to chance.
  private static func dropsNothing(_ call: SourceCall) -> Bool {
    let keeps = call.keywords["keep_prob"]?.constant?.double
    return call.keywords["rate"]?.constant?.double == 0 || keeps == 1
  }

  private static let table: [String: FunctionRule] =
    [
      unary.mapValues { FunctionRule(className: $0) },
      binary.mapValues { FunctionRule(className: $0, operands: ["y"]) },
      reductions.mapValues(reduction), moving, counting, networks, pictures, matrices, signals,
    ]
    .reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  private static let unary = [
    "identity": "ops.Copy", "stop_gradient": "ops.StopGradient", "math.add_n": "Add",
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
    "math.is_inf": "ops.Isinf", "math.is_finite": "ops.Isfinite", "math.lgamma": "ops.Lgamma",
    "math.erfinv": "ops.Erfinv", "math.rint": "ops.Round", "math.conj": "ops.Conjugate",
    "math.real": "ops.Real", "math.imag": "ops.Imag", "math.angle": "ops.Angle",
    "bitwise.invert": "ops.BitwiseInvert", "math.accumulate_n": "Add",
    "convert_to_tensor": "ops.Copy", "rank": "ops.Ndim",
    "keras.backend.batch_flatten": "Flatten", "math.bessel_i0": "ops.I0",
    "math.digamma": "ops.Digamma", "math.erfcinv": "ops.Erfcinv", "math.ndtri": "ops.Ndtri",
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
    "math.xdivy": "ops.Xdivy", "realdiv": "ops.TrueDivide", "truncatemod": "ops.Fmod",
    "truncatediv": "ops.TruncateDivide",
    "bitwise.bitwise_and": "ops.BitwiseAnd", "bitwise.bitwise_or": "ops.BitwiseOr",
    "bitwise.bitwise_xor": "ops.BitwiseXor", "bitwise.left_shift": "ops.LeftShift",
    "bitwise.right_shift": "ops.RightShift",
  ]

  private static let reductions = [
    "math.reduce_sum": "ops.Sum", "math.reduce_mean": "ops.Mean", "math.reduce_max": "ops.Max",
    "math.reduce_min": "ops.Min", "math.reduce_prod": "ops.Prod",
    "math.reduce_variance": "ops.Var", "math.reduce_std": "ops.Std",
    "math.reduce_logsumexp": "ops.Logsumexp", "math.reduce_all": "ops.All",
    "math.reduce_any": "ops.Any", "reduce_sum": "ops.Sum", "reduce_mean": "ops.Mean",
    "reduce_max": "ops.Max", "reduce_min": "ops.Min", "math.count_nonzero": "ops.CountNonzero",
    "math.reduce_euclidean_norm": "ops.Norm",
  ]

  /// Whether an argument changes nothing.
  func isIdle(_ name: String, _ argument: CallTree<ValueReference>) -> Bool {
    guard let constant = argument.constant else { return false }
    return name == "name" || constant.isNull || idle[name] == .null || idle[name] == constant
  }

  /// Tells what several of TensorFlow's parameters say together as the canonical dialect does.
  static func settle(_ config: inout [String: JSONValue]) {
    if let format = config["data_format"]?.string {
      config["data_format"] =
        ["NWC", "NHWC", "NDHWC"].contains(format) ? nil : .string("channels_first")
    }
    settleWindow(&config)
    if config["interpolation"] == .string("nearest") { config["computes_in_float"] = nil }
    if config["ord"] == .string("euclidean") { config["ord"] = nil }
    if let isFull = config.removeValue(forKey: "full_matrices")?.bool {
      config["mode"] = .string(isFull ? "complete" : "reduced")
    }
    let corners = config.removeValue(forKey: "align_corners")?.bool
    let centers = config.removeValue(forKey: "half_pixel_centers")?.bool
    if let way = config["interpolation"]?.string, let corners, let centers, !centers {
      let origins = way == "bilinear" ? "bilinear_keras2" : "\(way)_origins"
      if corners || way != "area" {
        config["interpolation"] = .string(corners ? "\(way)_corners" : origins)
      }
    }
  }

  /// Tells what TensorFlow says of all axes of pictures of those that lie in space alone.
  private static func settleWindow(_ config: inout [String: JSONValue]) {
    let isFirst = config["data_format"] != nil
    func spatial(_ elements: [JSONValue]) -> [JSONValue] {
      isFirst ? Array(elements.dropFirst(2)) : Array(elements.dropFirst().dropLast())
    }
    if let flat = config.removeValue(forKey: "explicit_paddings")?.array, !flat.isEmpty {
      config["padding"] = .array(
        stride(from: 0, to: flat.count - 1, by: 2).map { .array([flat[$0], flat[$0 + 1]]) })
    }
    if let margins = config["padding"]?.array {
      config["padding"] = .string("valid")
      config["margins"] = .array(spatial(margins))
    }
    if let sizes = config.removeValue(forKey: "output_shape")?.array {
      config["output_size"] = .array(spatial(sizes))
    }
    for name in ["strides", "dilation_rate", "pool_size"] {
      // A size for every axis is one of the batch and of the channels, too.
      guard let sizes = config[name]?.array, sizes.count >= 3, sizes.first == .int(1),
        (isFirst ? sizes[1] : sizes.last) == .int(1)
      else { continue }
      config[name] = .array(spatial(sizes))
    }
  }
}

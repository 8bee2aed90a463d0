import ModelFormat

/// How an operation of TensorFlow's graph is told as the function of TensorFlow that makes it.
///
/// TensorFlow 2.0 to 2.3 made a `TensorFlowOpLayer` of every such operation in a model.
struct RawOperation: Sendable {
  /// The function.
  let function: String
  /// The function's parameters for the operation's inputs, in their order: none for what the
  /// function is called on, `*` for all the inputs that the others leave.
  var parameters = [""]
  /// The attributes that the function knows under other names.
  var attributes: [String: String] = [:]
  /// The attributes that change nothing where they have this value; null stands for any.
  var idle: [String: JSONValue] = [:]

  /// The rule of an operation, or nil where there is none.
  static func of(_ operation: String) -> RawOperation? { table[operation] }

  /// The layer as a call of the function; nil where its inputs are not the operation's.
  func translated(_ layer: SourceLayer, _ node: NodeDefinition) -> SourceLayer? {
    var layer = layer
    guard var call = layer.calls.first, layer.calls.count == 1,
      let inputs = inputs(of: call, constants: layer.config["constants"]?.object ?? [:], node)
    else { return nil }
    let rest = inputs.count - parameters.count { $0 != "*" }
    guard rest >= 0, parameters.contains("*") || rest == 0 else { return nil }
    call = SourceCall(referencedOutputs: call.referencedOutputs)
    var next = 0
    for parameter in parameters {
      let count = parameter == "*" ? rest : 1
      let taken = Array(inputs[next..<(next + count)])
      next += count
      switch parameter {
      case "": call.positional.append(taken[0])
      case "*": call.positional.append(.collecting(taken))
      default: call.keywords[parameter] = taken[0]
      }
    }
    for (name, value) in node.attributes where !isIdle(name, value) {
      call.keywords[attributes[name] ?? name] = .constant(value)
    }
    layer.className = "TFOpLambda"
    layer.config = ["function": .string(function)]
    layer.calls = [call]
    return layer
  }

  /// The operation's inputs: the call's values, and the layer's constants at their places.
  private func inputs(
    of call: SourceCall, constants: [String: JSONValue], _ node: NodeDefinition
  ) -> [CallTree<ValueReference>]? {
    var inputs: [CallTree<ValueReference>] = []
    switch call.positional.first {
    case .list(let values): inputs = values
    case .some(let value): inputs = [value]
    case nil: break
    }
    let places = constants.compactMap { key, value in Int(key).map { ($0, value) } }
    for (place, constant) in places.sorted(by: { $0.0 < $1.0 }) {
      guard (0...inputs.count).contains(place) else { return nil }
      var constant = constant
      if constant.array != nil, let type = node.attributes["T"] {
        constant = .object([
          "class_name": .string("__numpy__"),
          "config": .object(["value": constant, "dtype": type]),
        ])
      }
      inputs.insert(.constant(constant), at: place)
    }
    return inputs
  }

  /// Whether an attribute says nothing that the inputs do not: their number and their types.
  private func isIdle(_ name: String, _ value: JSONValue) -> Bool {
    if attributes[name] != nil { return false }
    return Self.types.contains(name) || name.hasPrefix("_") || idle[name] == .null
      || idle[name] == value
  }

  private static let types: Set = [
    "Index", "N", "SrcT", "T", "TI", "Tcomplex", "Tout", "Treal", "Taxis", "Tdim", "Tidx",
    "Tindices", "Tk", "Tlen",
    "Tmultiples",
    "Tpaddings", "Tparams", "Tperm", "Tshape", "Tshift", "Treshape", "incompatible_shape_error",
    "index_type", "num_split", "out_type",
  ]
}

extension RawOperation {
  private static let table: [String: RawOperation] =
    unary.mapValues { RawOperation(function: $0) }
    .merging(binary.mapValues { RawOperation(function: $0, parameters: ["", "y"]) }) { $1 }
    .merging(reductions.mapValues(reduction)) { $1 }
    .merging(others) { $1 }

  private static let unary = [
    "Abs": "math.abs", "Angle": "math.angle", "ComplexAbs": "math.abs", "Conj": "math.conj",
    "Erfinv": "math.erfinv", "FFT": "signal.fft", "FFT2D": "signal.fft2d", "FFT3D": "signal.fft3d",
    "IFFT": "signal.ifft", "IFFT3D": "signal.ifft3d",
    "IFFT2D": "signal.ifft2d", "Imag": "math.imag", "Real": "math.real",
    "Invert": "bitwise.invert", "L2Loss": "nn.l2_loss", "Lgamma": "math.lgamma",
    "Cholesky": "linalg.cholesky", "HSVToRGB": "image.hsv_to_rgb", "RGBToHSV": "image.rgb_to_hsv",
    "MatrixDeterminant": "linalg.det", "MatrixDiag": "linalg.diag", "MatrixInverse": "linalg.inv",
    "MatrixDiagPart": "linalg.diag_part", "Rint": "math.rint", "Acos": "math.acos",
    "Acosh": "math.acosh", "Asin": "math.asin",
    "Asinh": "math.asinh", "Atan": "math.atan", "Atanh": "math.atanh", "Ceil": "math.ceil",
    "Cos": "math.cos", "Cosh": "math.cosh", "Elu": "nn.elu", "Erf": "math.erf", "Erfc": "math.erfc",
    "Exp": "math.exp", "Expm1": "math.expm1", "Floor": "math.floor", "Identity": "identity",
    "Inv": "math.reciprocal", "IsFinite": "math.is_finite", "IsInf": "math.is_inf",
    "IsNan": "math.is_nan", "Log": "math.log", "Log1p": "math.log1p",
    "LogSoftmax": "nn.log_softmax", "LogicalNot": "math.logical_not", "Neg": "math.negative",
    "OnesLike": "ones_like", "Reciprocal": "math.reciprocal", "Relu": "nn.relu",
    "Rank": "rank", "Relu6": "nn.relu6", "Round": "math.round", "Rsqrt": "math.rsqrt",
    "Selu": "nn.selu",
    "Shape": "shape", "Sigmoid": "math.sigmoid", "Sign": "math.sign", "Sin": "math.sin",
    "Sinh": "math.sinh", "Softmax": "nn.softmax", "Softplus": "math.softplus",
    "Softsign": "nn.softsign", "Sqrt": "math.sqrt", "Square": "math.square",
    "StopGradient": "stop_gradient", "Tan": "math.tan", "Tanh": "math.tanh",
    "ZerosLike": "zeros_like",
  ]

  private static let binary = [
    "Add": "math.add", "AddV2": "math.add", "Div": "math.truediv", "DivNoNan": "math.divide_no_nan",
    "Equal": "math.equal", "FloorDiv": "math.floordiv", "FloorMod": "math.floormod",
    "Greater": "math.greater", "GreaterEqual": "math.greater_equal", "Less": "math.less",
    "LessEqual": "math.less_equal", "LogicalAnd": "math.logical_and",
    "LogicalOr": "math.logical_or", "Maximum": "math.maximum", "Minimum": "math.minimum",
    "Mul": "math.multiply", "NotEqual": "math.not_equal", "Pow": "math.pow",
    "RealDiv": "math.truediv", "SquaredDifference": "math.squared_difference",
    "MulNoNan": "math.multiply_no_nan", "Xdivy": "math.xdivy", "Xlogy": "math.xlogy",
    "Sub": "math.subtract",
  ]

  private static let reductions = [
    "All": "math.reduce_all", "Any": "math.reduce_any", "Max": "math.reduce_max",
    "Mean": "math.reduce_mean", "Min": "math.reduce_min", "Prod": "math.reduce_prod",
    "Sum": "math.reduce_sum",
  ]

  private static func reduction(_ function: String) -> RawOperation {
    RawOperation(
      function: function, parameters: ["", "axis"], attributes: ["keep_dims": "keepdims"])
  }

  private static let others: [String: RawOperation] = [
    "AdjustContrastv2": RawOperation(
      function: "image.adjust_contrast", parameters: ["", "contrast_factor"]),
    "AdjustHue": RawOperation(function: "image.adjust_hue", parameters: ["", "delta"]),
    "AdjustSaturation": RawOperation(
      function: "image.adjust_saturation", parameters: ["", "saturation_factor"]),
    "AvgPool": RawOperation(function: "nn.avg_pool"),
    "BitwiseAnd": RawOperation(function: "bitwise.bitwise_and", parameters: ["", "y"]),
    "BitwiseOr": RawOperation(function: "bitwise.bitwise_or", parameters: ["", "y"]),
    "BitwiseXor": RawOperation(function: "bitwise.bitwise_xor", parameters: ["", "y"]),
    "Conv2D": RawOperation(function: "nn.conv2d", parameters: ["", "filter"]),
    "Complex": RawOperation(function: "dtypes.complex", parameters: ["", "imag"]),
    "Conv2DBackpropInput": RawOperation(
      function: "nn.conv2d_transpose", parameters: ["output_shape", "filter", ""]),
    "Conv3D": RawOperation(function: "nn.conv3d", parameters: ["", "filter"]),
    "CropAndResize": RawOperation(
      function: "image.crop_and_resize", parameters: ["", "boxes", "box_indices", "crop_size"]),
    "ExtractImagePatches": RawOperation(
      function: "image.extract_patches", attributes: ["ksizes": "sizes"]),
    "ResizeArea": RawOperation(
      function: "image.resize_area", parameters: ["", "size"],
      idle: ["align_corners": .bool(false)]),
    "DepthToSpace": RawOperation(function: "nn.depth_to_space"),
    "DepthwiseConv2dNative": RawOperation(
      function: "nn.depthwise_conv2d_native", parameters: ["", "filter"]),
    "FakeQuantWithMinMaxArgs": RawOperation(
      function: "quantization.fake_quant_with_min_max_args"),
    "FakeQuantWithMinMaxVars": RawOperation(
      function: "quantization.fake_quant_with_min_max_vars", parameters: ["", "min", "max"]),
    "Fill": RawOperation(function: "fill", parameters: ["", "value"], idle: ["index_type": .null]),
    "GatherNd": RawOperation(function: "gather_nd", parameters: ["", "indices"]),
    "LRN": RawOperation(function: "nn.local_response_normalization"),
    "MatrixBandPart": RawOperation(
      function: "linalg.band_part", parameters: ["", "num_lower", "num_upper"]),
    "MatrixSolve": RawOperation(function: "linalg.solve", parameters: ["", "rhs"]),
    "MaxPool": RawOperation(function: "nn.max_pool"),
    "Range": RawOperation(function: "range", parameters: ["", "limit", "delta"]),
    "ResizeBicubic": resizing("bicubic"), "ResizeBilinear": resizing("bilinear"),
    "ResizeNearestNeighbor": resizing("nearest"),
    "SpaceToDepth": RawOperation(function: "nn.space_to_depth"),
    "SparseSoftmaxCrossEntropyWithLogits": RawOperation(
      function: "nn.sparse_softmax_cross_entropy_with_logits", parameters: ["logits", ""],
      idle: ["Tlabels": .null]),
    "AddN": RawOperation(function: "math.add_n", parameters: ["*"]),
    "ArgMax": RawOperation(
      function: "math.argmax", parameters: ["", "axis"], idle: ["output_type": .string("int64")]),
    "ArgMin": RawOperation(
      function: "math.argmin", parameters: ["", "axis"], idle: ["output_type": .string("int64")]),
    "Atan2": RawOperation(function: "math.atan2", parameters: ["", "x"]),
    "BatchMatMul": product(["adj_x": "adjoint_a", "adj_y": "adjoint_b"]),
    "BatchMatMulV3": product(["adj_x": "adjoint_a", "adj_y": "adjoint_b"]),
    "BatchMatMulV2": product(["adj_x": "adjoint_a", "adj_y": "adjoint_b"]),
    "BiasAdd": RawOperation(function: "nn.bias_add", parameters: ["", "bias"]),
    "BroadcastTo": RawOperation(function: "broadcast_to", parameters: ["", "shape"]),
    "Cast": RawOperation(
      function: "cast", attributes: ["DstT": "dtype"], idle: ["Truncate": .bool(false)]),
    "ClipByValue": RawOperation(
      function: "clip_by_value", parameters: ["", "clip_value_min", "clip_value_max"]),
    "ConcatV2": RawOperation(function: "concat", parameters: ["*", "axis"]),
    "Cumprod": RawOperation(function: "math.cumprod", parameters: ["", "axis"]),
    "Cumsum": RawOperation(function: "math.cumsum", parameters: ["", "axis"]),
    "Einsum": RawOperation(function: "einsum", parameters: ["*"]),
    "ExpandDims": RawOperation(function: "expand_dims", parameters: ["", "axis"]),
    "GatherV2": RawOperation(function: "gather", parameters: ["", "indices", "axis"]),
    "IdentityN": RawOperation(function: "identity_n", parameters: ["*"]),
    "IRFFT": spectrum("irfft"), "IRFFT2D": spectrum("irfft2d"), "IRFFT3D": spectrum("irfft3d"),
    "LeakyRelu": RawOperation(function: "nn.leaky_relu"),
    "MatMul": product([:]),
    "MirrorPad": RawOperation(function: "pad", parameters: ["", "paddings"]),
    "OneHot": RawOperation(
      function: "one_hot", parameters: ["", "depth", "on_value", "off_value"]),
    "Pack": RawOperation(function: "stack", parameters: ["*"]),
    "Pad": RawOperation(function: "pad", parameters: ["", "paddings"]),
    "PadV2": RawOperation(function: "pad", parameters: ["", "paddings", "constant_values"]),
    "RFFT": spectrum("rfft"), "RFFT2D": spectrum("rfft2d"), "RFFT3D": spectrum("rfft3d"),
    "Reshape": RawOperation(function: "reshape", parameters: ["", "shape"]),
    "ReverseV2": RawOperation(function: "reverse", parameters: ["", "axis"]),
    "Roll": RawOperation(function: "roll", parameters: ["", "shift", "axis"]),
    "SelectV2": RawOperation(function: "where", parameters: ["", "x", "y"]),
    "Slice": RawOperation(function: "slice", parameters: ["", "begin", "size"]),
    "Split": RawOperation(
      function: "split", parameters: ["axis", ""], attributes: ["num_split": "num_or_size_splits"]),
    "SplitV": RawOperation(function: "split", parameters: ["", "num_or_size_splits", "axis"]),
    "Squeeze": RawOperation(function: "squeeze", attributes: ["squeeze_dims": "axis"]),
    "StridedSlice": RawOperation(
      function: "strided_slice", parameters: ["", "begin", "end", "strides"]),
    "Tile": RawOperation(function: "tile", parameters: ["", "multiples"]),
    "TopKV2": RawOperation(function: "math.top_k", parameters: ["", "k"]),
    "Transpose": RawOperation(function: "transpose", parameters: ["", "perm"]),
    "Unpack": RawOperation(function: "unstack", parameters: [""]),
  ]

  private static func resizing(_ interpolation: String) -> RawOperation {
    RawOperation(
      function: interpolation == "nearest"
        ? "image.resize_nearest_neighbor" : "image.resize_\(interpolation)",
      parameters: ["", "size"])
  }

  private static func spectrum(_ function: String) -> RawOperation {
    RawOperation(function: "signal." + function, parameters: ["", "fft_length"])
  }

  private static func product(_ attributes: [String: String]) -> RawOperation {
    RawOperation(
      function: "linalg.matmul", parameters: ["", "b"], attributes: attributes,
      idle: ["grad_a": .null, "grad_b": .null, "grad_x": .null, "grad_y": .null])
  }
}

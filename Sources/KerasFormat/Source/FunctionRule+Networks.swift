import ModelFormat

/// The functions of `tf.nn`.
extension FunctionRule {
  static let networks: [String: FunctionRule] = [
    "keras.backend.binary_crossentropy": loss(
      "ops.BinaryCrossentropy", defaults: ["adds_epsilon": .bool(true)]),
    "keras.backend.categorical_crossentropy": loss("ops.CategoricalCrossentropy"),
    "keras.backend.ctc_decode": FunctionRule(
      className: "ops.BackendCTCDecode", operands: ["input_length"],
      options: ["greedy": "greedy", "beam_width": "beam_width", "top_paths": "top_paths"],
      defaults: ["greedy": .bool(true)]),
    "keras.backend.sparse_categorical_crossentropy": loss("ops.SparseCategoricalCrossentropy"),
    "nn.avg_pool": pool("ops.AveragePool"), "nn.avg_pool1d": pool("ops.AveragePool"),
    "nn.avg_pool2d": pool("ops.AveragePool"), "nn.avg_pool3d": pool("ops.AveragePool"),
    "nn.bias_add": FunctionRule(
      className: "ops.Add", operands: ["bias"], idle: ["data_format": .string("NHWC")]),
    "nn.conv1d": convolution("ops.Conv", kernels: ["filters"], strides: "stride"),
    "nn.conv2d": convolution("ops.Conv", kernels: ["filter"]),
    "nn.conv1d_transpose": transposed, "nn.conv2d_transpose": transposed,
    "nn.conv2d_transpose_v2": transposed, "nn.conv3d_transpose": transposed,
    "nn.conv3d_transpose_v2": transposed,
    "nn.conv3d": convolution("ops.Conv", kernels: ["filter", "filters"]),
    "nn.conv3d_v2": convolution("ops.Conv", kernels: ["filters"]),
    "nn.convolution": convolution("ops.Conv", kernels: ["filter", "filters"]),
    "nn.convolution_v2": convolution("ops.Conv", kernels: ["filter", "filters"]),
    "nn.crelu": FunctionRule(
      className: "ops.Crelu", options: ["axis": "axis"], defaults: ["axis": .int(-1)]),
    "nn.dilation2d": convolution("ops.Dilation2D", kernels: ["filters"]),
    "nn.erosion2d": convolution("ops.Erosion2D", kernels: ["filters", "kernel"]),
    "nn.depth_to_space": FunctionRule(
      className: "ops.DepthToSpace", options: ["block_size": "block_size"],
      idle: ["data_format": .string("NHWC")]),
    "nn.depthwise_conv2d": convolution("ops.DepthwiseConv", kernels: ["filter"]),
    "nn.depthwise_conv2d_native": convolution("ops.DepthwiseConv", kernels: ["filter"]),
    "nn.gelu": FunctionRule(
      className: "ops.Gelu", options: ["approximate": "approximate"],
      defaults: ["approximate": .bool(false)]),
    "nn.l2_loss": FunctionRule(className: "ops.L2Loss"),
    "nn.leaky_relu": FunctionRule(
      className: "ops.LeakyRelu", options: ["alpha": "negative_slope"]),
    "nn.local_response_normalization": FunctionRule(
      className: "ops.LocalResponseNormalization",
      options: [
        "depth_radius": "depth_radius", "bias": "bias", "alpha": "alpha", "beta": "beta",
      ]),
    "nn.log_softmax": FunctionRule(
      className: "ops.LogSoftmax", options: ["axis": "axis"], defaults: ["axis": .int(-1)]),
    "nn.max_pool": pool("ops.MaxPool"), "nn.max_pool1d": pool("ops.MaxPool"),
    "nn.max_pool2d": pool("ops.MaxPool"), "nn.max_pool3d": pool("ops.MaxPool"),
    "nn.max_pool_v2": pool("ops.MaxPool"),
    "nn.max_pool_with_argmax": maximumPlaces, "nn.max_pool_with_argmax_v2": maximumPlaces,
    "nn.separable_conv2d": convolution(
      "ops.SeparableConv", kernels: ["depthwise_filter", "pointwise_filter"]),
    "nn.sigmoid_cross_entropy_with_logits": FunctionRule(
      className: "ops.BinaryCrossentropy", operands: ["logits"],
      defaults: ["from_logits": .bool(true)]),
    "nn.silu": FunctionRule(className: "ops.Silu", idle: ["beta": .double(1)]),
    "nn.softmax": FunctionRule(
      className: "ops.Softmax", options: ["axis": "axis"], defaults: ["axis": .int(-1)]),
    "nn.softmax_cross_entropy_with_logits_v2": FunctionRule(
      className: "ops.CategoricalCrossentropy", operands: ["logits"], options: ["axis": "axis"],
      defaults: ["from_logits": .bool(true)]),
    "nn.sparse_softmax_cross_entropy_with_logits": FunctionRule(
      className: "ops.SparseCategoricalCrossentropy", operands: ["logits"],
      defaults: ["from_logits": .bool(true)]),
    "nn.space_to_depth": FunctionRule(
      className: "ops.SpaceToDepth", options: ["block_size": "block_size"],
      idle: ["data_format": .string("NHWC")]),
  ]

  private static let maximumPlaces = FunctionRule(
    className: "ops.MaxPoolWithArgmax",
    options: [
      "ksize": "pool_size", "strides": "strides", "padding": "padding",
      "include_batch_in_index": "include_batch_in_index",
    ],
    idle: ["data_format": .string("NHWC"), "output_dtype": .null, "Targmax": .null])

  private static func loss(
    _ name: String, defaults: [String: JSONValue] = [:]
  ) -> FunctionRule {
    FunctionRule(
      className: name, operands: ["output"],
      options: ["from_logits": "from_logits", "axis": "axis"], defaults: defaults,
      idle: ["ignore_class": .null])
  }

  static func pool(_ name: String, size: String = "ksize") -> FunctionRule {
    FunctionRule(
      className: name,
      options: [
        size: "pool_size", "strides": "strides", "padding": "padding", "data_format": "data_format",
        "explicit_paddings": "explicit_paddings",
      ], defaults: size == "ksize" ? [:] : ["strides": .int(1)],
      idle: ["pooling_type": .null, "dilations": .null])
  }

  private static func convolution(
    _ name: String, kernels: [String], strides: String = "strides",
    defaults: [String: JSONValue] = [:]
  ) -> FunctionRule {
    FunctionRule(
      className: name, operands: kernels,
      options: [
        strides: "strides", "padding": "padding", "data_format": "data_format",
        "dilations": "dilation_rate", "dilation_rate": "dilation_rate", "rate": "dilation_rate",
        "explicit_paddings": "explicit_paddings", "output_shape": "output_shape",
      ], defaults: defaults,
      idle: ["use_cudnn_on_gpu": .bool(true)])
  }

  /// A transposed convolution, which alone among these functions pads unless it is told not to.
  private static let transposed = convolution(
    "ops.ConvTranspose", kernels: ["filter", "filters"], defaults: ["padding": .string("same")])
}

import ModelFormat

/// The options that cannot change what a layer computes at inference.
///
/// What is not listed here reaches the layer, which refuses what it does not know.
enum IgnoredOptions {
  private static let everywhere: Set = [
    "name", "trainable", "activity_regularizer", "batch_input_shape", "batch_shape", "input_shape",
    "input_dtype", "build_config", "autocast", "quantization_config", "rng_type",
  ]

  private static let suffixes = ["_initializer", "_regularizer", "_constraint"]

  private static let recurrent: Set = [
    "implementation", "dropout", "recurrent_dropout", "seed", "unit_forget_bias",
  ]

  private static let dropout: Set = ["rate", "noise_shape", "seed", "data_format"]

  private static let byClass: [String: Set<String>] = [
    "ActivityRegularization": ["l1", "l2"],
    "AddLoss": ["unconditional"],
    "AddMetric": ["aggregation", "metric_name"],
    "AdditiveAttention": ["dropout", "seed"],
    "AlphaDropout": dropout,
    "Attention": ["dropout", "seed"],
    "BatchNormalization": [
      "momentum", "synchronized", "fused", "renorm_clipping", "renorm_momentum",
    ],
    "ConvLSTM1D": recurrent,
    "ConvLSTM2D": recurrent,
    "ConvLSTM3D": recurrent,
    "CuDNNGRU": recurrent,
    "CuDNNLSTM": recurrent,
    "Dropout": dropout,
    "EinsumDense": ["gptq_unpacked_column_size"],
    "Embedding": ["input_length"],
    "GRU": recurrent,
    "GRUCell": recurrent,
    "GaussianDropout": dropout,
    "GaussianNoise": ["stddev", "seed"],
    "GroupQueryAttention": ["seed"],
    "LSTM": recurrent,
    "LSTMCell": recurrent,
    "LayerScale": ["init_values"],
    "LocallyConnected1D": ["implementation"],
    "LocallyConnected2D": ["implementation"],
    "MultiHeadAttention": ["seed", "query_shape", "key_shape", "value_shape"],
    "RNN": recurrent,
    "SimpleRNN": recurrent,
    "SimpleRNNCell": recurrent,
    "SpatialDropout1D": dropout,
    "SpatialDropout2D": dropout,
    "SpatialDropout3D": dropout,
    "StochasticDepth": ["drop_path_rate"],
  ]

  /// Options that mean nothing at the given value, which later versions dropped or set so.
  private static let atValue: [String: JSONValue] = [
    "adjustment": .null,
    "dtype": .null,
    "lora_alpha": .null,
    "lora_rank": .null,
    "output_padding": .null,
    "renorm": .bool(false),
    "rms_scaling": .bool(false),
    "softmax_robust_masking": .bool(false),
    "sparse": .bool(false),
    "time_major": .bool(false),
    "unroll": .bool(false),
    "virtual_batch_size": .null,
  ]

  /// The options of a layer of the given class that can matter.
  static func dropped(
    from config: [String: JSONValue], className: String
  ) -> [String: JSONValue] {
    let ignored = everywhere.union(byClass[className] ?? [])
    return config.filter { key, value in
      !ignored.contains(key) && !suffixes.contains { key.hasSuffix($0) } && atValue[key] != value
    }
  }
}

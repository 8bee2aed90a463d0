import ModelFormat

extension Keras1Rule {
  /// The classes that are not told in the same words in Keras 2.
  static let table: [String: Keras1Rule] = [
    "AveragePooling1D": pool1D, "MaxPooling1D": pool1D,
    "BatchNormalization": Keras1Rule(
      choose: { normalizations[$0["mode"]?.int ?? 0] }, dropped: ["mode"],
      adjust: { config, original in
        guard original["mode"] ?? .int(0) != .int(0) else { return }
        config["momentum"] = nil
        stored("unused_statistics", &config)
      },
      refuse: { config in
        guard let mode = config["mode"], mode.int.flatMap({ normalizations[$0] }) == nil else {
          return nil
        }
        return ("mode", "expected 0, 1 or 2, found \(mode)")
      }),
    "ConvLSTM2D": Keras1Rule(dropped: inputs) { config in
      kernelSize(&config, ["nb_row", "nb_col"])
      turnKernels("channels_first_conv2d", &config)
      stored("keras1_lstm", &config)
    },
    "Convolution1D": convolution1D(), "AtrousConvolution1D": convolution1D(),
    "Convolution2D": convolution2D("Conv2D"), "AtrousConvolution2D": convolution2D("Conv2D"),
    "Convolution3D": Keras1Rule(name: "Conv3D") { config in
      kernelSize(&config, ["kernel_dim1", "kernel_dim2", "kernel_dim3"])
      turnKernels("channels_first_conv3d", &config)
    },
    "Deconvolution2D": Keras1Rule(name: "Conv2DTranspose") { config in
      kernelSize(&config, ["nb_row", "nb_col"])
      let isFirst = config["data_format"] == .string("channels_first")
      if let shape = config.removeValue(forKey: "output_shape")?.array, shape.count == 4 {
        config["output_size"] = .array(Array(isFirst ? shape[2...] : shape[1...2]))
      }
      stored(isFirst ? "channels_first_deconv2d" : "keras1_deconv2d", &config)
    },
    "Dense": Keras1Rule(renamed: ["output_dim": "units"], dropped: ["input_dim"]),
    "Embedding": Keras1Rule(dropped: ["dropout"]),
    "GRU": recurrent("keras1_gru"),
    "GaussianNoise": Keras1Rule(renamed: ["sigma": "stddev"]),
    "Highway": Keras1Rule(dropped: ["input_dim", "transform_bias"]),
    "LSTM": recurrent("keras1_lstm"),
    "LocallyConnected1D": Keras1Rule(
      renamed: ["filter_length": "kernel_size", "subsample_length": "strides"], dropped: inputs),
    "LocallyConnected2D": Keras1Rule { config in kernelSize(&config, ["nb_row", "nb_col"]) },
    "MaxoutDense": Keras1Rule(renamed: ["output_dim": "units"], dropped: ["input_dim"]),
    "Merge": Keras1Merge.rule,
    "SeparableConvolution2D": Keras1Rule(name: "SeparableConv2D") { config in
      kernelSize(&config, ["nb_row", "nb_col"])
      turnKernels("channels_first_conv2d", &config)
    },
    "SimpleRNN": recurrent(nil),
    "TimeDistributedDense": Keras1Rule(name: "TimeDistributed") { config in
      let dense = Keras1Rule.of("Dense").options(config)
      let kept = ["batch_input_shape", "dtype", "name", "trainable"]
      config = config.filter { kept.contains($0.key) }
      config["layer"] = .object(["class_name": .string("Dense"), "config": .object(dense)])
    },
    "UpSampling1D": Keras1Rule(renamed: ["length": "size"]),
    "ZeroPadding1D": Keras1Rule { config in
      padding(&config, [("left_pad", "right_pad")])
    },
    "ZeroPadding2D": Keras1Rule { config in
      padding(&config, [("top_pad", "bottom_pad"), ("left_pad", "right_pad")])
    },
  ]

  private init(
    name: String? = nil, renamed: [String: String] = [:], dropped: Set<String> = [],
    _ adjust: @escaping @Sendable (inout Options) -> Void
  ) {
    self.init(
      name: name, renamed: renamed, dropped: dropped, adjust: { config, _ in adjust(&config) })
  }

  /// Today's class for each mode of `BatchNormalization`.
  private static let normalizations = [
    0: "BatchNormalization", 1: "SampleNormalization", 2: "FeatureNormalization",
  ]

  private static let inputs: Set = ["input_dim", "input_length"]

  private static let pool1D = Keras1Rule(renamed: ["pool_length": "pool_size", "stride": "strides"])

  private static func convolution1D() -> Keras1Rule {
    Keras1Rule(
      name: "Conv1D",
      renamed: [
        "atrous_rate": "dilation_rate", "filter_length": "kernel_size",
        "subsample_length": "strides",
      ], dropped: inputs
    ) { config in stored("keras1_conv1d", &config) }
  }

  private static func convolution2D(_ name: String) -> Keras1Rule {
    Keras1Rule(name: name, renamed: ["atrous_rate": "dilation_rate"]) { config in
      kernelSize(&config, ["nb_row", "nb_col"])
      turnKernels("channels_first_conv2d", &config)
    }
  }

  /// A recurrent layer, whose gates have arrays of their own unless it was made for a graphics card.
  private static func recurrent(_ form: String?) -> Keras1Rule {
    Keras1Rule(
      renamed: ["output_dim": "units"], dropped: inputs,
      adjust: { config, original in
        if let form, original["consume_less"] != .string("gpu") { stored(form, &config) }
        if form == "keras1_gru" { config["reset_after"] = .bool(false) }
      })
  }

  private static func kernelSize(_ config: inout Options, _ names: [String]) {
    config["kernel_size"] = .array(names.compactMap { config.removeValue(forKey: $0) })
  }

  private static func stored(_ form: String, _ config: inout Options) {
    config = StoredForm.adding(form, to: config)
  }

  /// Notes that the kernels have their channels first where the data has.
  private static func turnKernels(_ form: String, _ config: inout Options) {
    if config["data_format"] == .string("channels_first") { stored(form, &config) }
  }

  /// Amounts of padding that are named, or four of them in a row.
  private static func padding(_ config: inout Options, _ names: [(String, String)]) {
    if let named = config["padding"]?.object {
      let pairs = names.map { pair in
        JSONValue.array([named[pair.0] ?? .int(0), named[pair.1] ?? .int(0)])
      }
      config["padding"] = pairs.count == 1 ? pairs[0] : .array(pairs)
    } else if names.count == 2, let four = config["padding"]?.array, four.count == 4 {
      config["padding"] = .array([.array(Array(four[..<2])), .array(Array(four[2...]))])
    }
  }
}

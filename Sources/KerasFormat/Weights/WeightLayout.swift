import ModelFormat

/// The weights of each class in the order in which Keras stores them.
enum WeightLayout {
  /// The weights that a layer of the given class and options has, or nil where the class is not
  /// known to have any.
  static func slots(of className: String, _ config: [String: JSONValue]) -> [WeightSlot]? {
    if let names = StoredForm.names(config) { return names.map { WeightSlot($0) } }
    let activation = part("activation", config["activation"])
    guard let rule = table[className] else { return activation.isEmpty ? nil : activation }
    if holdsUnknown(className, config) { return nil }
    let slots = quantized(className, config) ?? rule(Options(config: config))
    return slots + activation
      + (config[LowRank.option] == nil ? [] : LowRank.slots(of: className))
  }

  /// The weights of a layer whose weights are quantised; nil for other layers.
  private static func quantized(
    _ className: String, _ config: [String: JSONValue]
  ) -> [WeightSlot]? {
    let options = Options(config: config)
    let hasBias =
      className == "EinsumDense" ? options.given("bias_axes") : options.has("use_bias")
    if let quantization = Quantization(config[Quantization.option]) {
      return quantization.slots(
        of: className, hasBias: hasBias, isTied: config["tie_weights"]?.bool ?? true)
    }
    return QuantizedHeads(config)?.slots(of: headedParts(options), hasBias: hasBias)
  }

  /// The layers that project what goes into and comes out of attention, in Keras's order.
  private static func headedParts(_ options: Options) -> [String] {
    let gate = options.has("use_gate", default: false) ? ["gate"] : []
    return ["query", "key"] + gate + ["value", "attention_output"]
  }

  /// The names under which some class stores some weight.
  static let knownNames: Set<String> = {
    let allWeights = Options(config: [
      "bias_axes": .string("a"), "renorm": .bool(true), "score_mode": .string("concat"),
      "use_scale": .bool(true),
    ])
    let names = table.values.reduce(into: Set<String>()) { names, rule in
      for slot in rule(allWeights) { names.formUnion(slot.storedNames) }
    }
    return names.subtracting([nameless])
  }()

  /// What Keras 3 calls a weight that its layer gives no name.
  private static let nameless = "variable"

  /// The weights of a layer that an option holds, or none.
  private static func part(_ name: String, _ json: JSONValue?) -> [WeightSlot] {
    guard let className = json?["class_name"]?.string, let config = json?["config"]?.object else {
      return []
    }
    let isTrained = config["trainable"] != .bool(false)
    return (slots(of: className, config) ?? []).map { slot in
      var slot = slot.inside(name)
      slot.isTrainable = slot.isTrainable && isTrained
      return slot
    }
  }

  /// Whether a wrapper around recurrent layers or cells holds one whose weights are not known.
  private static func holdsUnknown(_ className: String, _ config: [String: JSONValue]) -> Bool {
    guard ["Bidirectional", "RNN", "StackedRNNCells"].contains(className) else { return false }
    let options = ["layer", "backward_layer", "cell"].compactMap { config[$0] }
    return (options + (config["cells"]?.array ?? [])).contains { part in
      guard let name = part["class_name"]?.string, let config = part["config"]?.object else {
        return false
      }
      return table[name] == nil || holdsUnknown(name, config)
    }
  }

  /// The options of one layer, with Keras's defaults.
  private struct Options: Sendable {
    let config: [String: JSONValue]

    func has(_ option: String, default fallback: Bool = true) -> Bool {
      config[option]?.bool ?? fallback
    }

    func given(_ option: String) -> Bool { config[option].map { !$0.isNull } ?? false }

    var bias: [WeightSlot] { has("use_bias") ? [WeightSlot("bias")] : [] }
    var scaleAndCenter: [WeightSlot] {
      (has("scale") ? [WeightSlot("gamma")] : []) + (has("center") ? [WeightSlot("beta")] : [])
    }
  }

  private typealias Rule = @Sendable (Options) -> [WeightSlot]

  private static let table: [String: Rule] = {
    let kernel: Rule = { [WeightSlot("kernel")] + $0.bias }
    let depthwise: Rule = { [WeightSlot("kernel", storedAs: "depthwise_kernel")] + $0.bias }
    let separable: Rule = {
      [WeightSlot("depthwise_kernel"), WeightSlot("pointwise_kernel")] + $0.bias
    }
    let recurrent: Rule = { [WeightSlot("kernel"), WeightSlot("recurrent_kernel")] + $0.bias }
    let affine: Rule = { $0.scaleAndCenter }
    let headed: Rule = { options in
      headedParts(options).flatMap { part in
        ([WeightSlot("kernel")] + options.bias).map { $0.inside(part) }
      }
    }
    var table: [String: Rule] = [
      "AdditiveAttention": { $0.has("use_scale") ? [WeightSlot("scale")] : [] },
      "Attention": attention,
      "BatchNormalization": batchNormalization,
      "Bidirectional": { options in
        part("forward_layer", options.config["layer"])
          + part("backward_layer", options.config["backward_layer"])
      },
      "Dense": kernel,
      "EinsumDense": { options in
        [WeightSlot("kernel")] + (options.given("bias_axes") ? [WeightSlot("bias")] : [])
      },
      "Embedding": { _ in [WeightSlot("embeddings")] },
      "FeatureNormalization": batchNormalization,
      "GRU": recurrent, "GRUCell": recurrent,
      "GroupNormalization": affine,
      "GroupQueryAttention": headed,
      "Highway": { options in
        [WeightSlot("kernel"), WeightSlot("carry_kernel")]
          + (options.has("use_bias") ? [WeightSlot("bias"), WeightSlot("carry_bias")] : [])
      },
      "LSTM": recurrent, "LSTMCell": recurrent,
      "IntegerLookup": lookup,
      "LayerNormalization": layerNormalization,
      "LayerScale": { _ in [WeightSlot("gamma", storedAs: nameless)] },
      "MaxoutDense": kernel,
      "MultiHeadAttention": headed,
      "Normalization": normalization,
      "PReLU": { _ in [WeightSlot("alpha")] },
      "ParametricSoftplus": { _ in
        [WeightSlot("alpha", storedAs: "alphas"), WeightSlot("beta", storedAs: "betas")]
      },
      "RMSNormalization": { _ in [WeightSlot("scale")] },
      "ReversibleEmbedding": { options in
        [WeightSlot("embeddings")]
          + (options.has("tie_weights") ? [] : [WeightSlot("reverse_embeddings")])
      },
      "RandomFourierFeatures": { _ in
        [WeightSlot("kernel_scale")]
          + ["unscaled_kernel", "bias"].map { WeightSlot($0, isTrainable: false) }
      },
      "RNN": { part("cell", $0.config["cell"]) },
      "SampleNormalization": batchNormalization,
      "SReLU": { _ in ["t_left", "a_left", "t_right", "a_right"].map { WeightSlot($0) } },
      "STFTSpectrogram": { options in
        let mode = options.config["mode"]?.string
        return (mode == "imag" ? [] : [WeightSlot("real_kernel")])
          + (mode == "real" ? [] : [WeightSlot("imag_kernel")])
      },
      "SimpleRNN": recurrent, "SimpleRNNCell": recurrent,
      "SpectralNormalization": { options in
        [WeightSlot("vector_u", isTrainable: false)] + part("layer", options.config["layer"])
      },
      "StackedRNNCells": { options in
        (options.config["cells"]?.array ?? []).enumerated().flatMap { part("\($0)", $1) }
      },
      "StringLookup": lookup,
      "TextVectorization": lookup,
    ]
    for axes in 1...3 {
      table["Conv#D".numbered(axes)] = kernel
      table["Conv#DTranspose".numbered(axes)] = kernel
      table["ConvLSTM#D".numbered(axes)] = recurrent
      table["DepthwiseConv#D".numbered(axes)] = depthwise
      table["LocallyConnected#D".numbered(axes)] = kernel
      table["SeparableConv#D".numbered(axes)] = separable
    }
    return table
  }()

  private static let attention: Rule = { options in
    (options.has("use_scale", default: false) ? [WeightSlot("scale")] : [])
      + (options.config["score_mode"]?.string == "concat"
        ? [WeightSlot("concat_score_weight")] : [])
  }

  /// With `rms_scaling` there is a scale and no centre, whatever the other options say.
  private static let layerNormalization: Rule = { options in
    options.has("rms_scaling", default: false) ? [WeightSlot("gamma")] : options.scaleAndCenter
  }

  private static let batchNormalization: Rule = { options in
    let moving = ["moving_mean", "moving_variance"]
    let renorm =
      options.has("renorm", default: false)
      ? ["moving_stddev", "renorm_mean", "renorm_stddev"] : []
    return options.scaleAndCenter
      + (moving + renorm).map { WeightSlot($0, isTrainable: false) }
  }

  /// What a layer learned beside its vocabulary, unless it is an option; no file has it without
  /// the vocabulary.
  private static let lookup: Rule = { options in
    let isWeighted = options.config["output_mode"]?.string == "tf_idf"
    return isWeighted && options.given("vocabulary") && !options.given("idf_weights")
      ? [WeightSlot("idf_weights")] : []
  }

  /// The statistics are weights only where they are not options.
  private static let normalization: Rule = { options in
    if options.given("mean") { return [] }
    return ["mean", "variance", "count"].map { WeightSlot($0, isTrainable: false) }
  }
}

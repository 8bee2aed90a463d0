import ModelFormat

/// Reads one entry of a model's list of layers.
struct LayerParser {
  /// Reads nested models, and knows the version and the report.
  let models: ModelParser

  private var report: ImportReport { models.report }

  /// The name that an entry gives its layer.
  static func name(of entry: JSONValue) -> String? {
    entry["name"]?.string ?? entry["config"]?["name"]?.string
  }

  /// The layer of an entry, or nil where it is none; `path` is the model's.
  func layer(_ entry: JSONValue, index: Int, path: String) -> SourceLayer? {
    let rawClass = ClassNames.name(of: entry)
    let config = entry["config"]
    // A Sequential model of early Keras 2 is a bare list, in which it has no place for its name.
    let name = Self.name(of: entry) ?? config?.array.map { _ in "sequential_\(index + 1)" }
    guard let name, let rawClass, let config else {
      report.invalid(
        path, option: "layers",
        reason: "expected entry \(index) to have a name, a class and a configuration")
      return nil
    }
    let layerPath = joined(path, name)
    if ModelForm(className: rawClass, config: config) != nil {
      guard let model = models.model(entry, path: layerPath) else { return nil }
      return nested(model, name: name, rawClass: rawClass, config: config)
    }
    let options = config.object ?? [:]
    let className = AuthorsClasses.told(
      ClassNames.present(rawClass, in: models.version), entry: entry, version: models.version)
    var layer = SourceLayer(name: name, className: className)
    layer.fileClassName = ClassNames.withoutPackage(rawClass)
    layer.type = options["dtype"].flatMap(DTypePolicy.computeType)
    layer.isTrainable = options["trainable"]?.bool ?? true
    layer.trainingEffect = TrainingEffect(
      className: className, fileClassName: layer.fileClassName, options: options,
      version: models.version)
    if let operation = PackageLayer.translated(layer) { return operation }
    switch layer.className {
    case "InputLayer":
      layer.body = .input(InputParser(report: report).input(options, path: layerPath))
    case "TimeDistributed":
      guard let inner = self.layer(options["layer"] ?? .null, index: 0, path: layerPath) else {
        return nil
      }
      layer.body = .timeDistributed(bypassed(inner, path: joined(layerPath, inner.name)))
      // The wrapper's own policy is what its input is rounded by.
      let policy = options["dtype"].flatMap(DTypePolicy.floatingPointName)
      layer.config["dtype"] = policy.flatMap(DTypePolicy.halfType).map { .string($0) }
      report.note(.timeDistributedInlined)
    case _ where isOperation(layer.className, options):
      layer.className = "ops." + layer.className
      layer.config = options.filter { $0.key != "name" }
      let normalizer = ConfigNormalizer(version: models.version, report: report)
      for rule in ConfigRules.rules(for: layer.className) { rule.apply(&layer.config, normalizer) }
    default:
      let refusals = [
        UncommonWeights.refusal, TheanoPooling.refusal, PreprocessingVersions.refusal,
      ].compactMap { refusal in refusal(options, layer.className, models.version) }
      for (option, reason) in refusals {
        report.unsupported(layerPath, layer.className, option: option, reason: reason)
      }
      layer.config = ConfigNormalizer(version: models.version, report: report)
        .normalized(
          options, className: layer.className, fileClassName: layer.fileClassName)
      if layer.config[Quantization.option] != nil {
        layer.config[Quantization.inputShape] = Self.inputShape(of: entry)
      }
    }
    return layer
  }

  private func nested(
    _ model: SourceModel, name: String, rawClass: String, config: JSONValue
  ) -> SourceLayer {
    let form = ModelForm(className: rawClass, config: config)
    report.note(.nestedModelsInlined)
    let modelClass = form?.graph == .sequential ? "Sequential" : "Functional"
    return SourceLayer(
      name: name, className: rawClass == "Pipeline" ? rawClass : modelClass,
      fileClassName: ClassNames.withoutPackage(rawClass),
      isTrainable: config["trainable"]?.bool ?? true, body: .model(model))
  }

  /// The layer as `TimeDistributed` calls it, which passes over what Keras does for quantised weights.
  private func bypassed(_ layer: SourceLayer, path: String) -> SourceLayer {
    guard var quantization = Quantization(layer.config[Quantization.option]) else { return layer }
    if quantization.mode == .gptq || quantization.mode == .awq {
      report.unsupported(
        path, layer.className, option: "dtype",
        reason: "weights quantised by \(quantization.mode.rawValue) inside TimeDistributed, which "
          + "Keras multiplies as they are stored")
    }
    var layer = layer
    quantization.isBypassed = true
    layer.config[Quantization.option] = quantization.json
    report.note(.quantizationBypassed)
    return layer
  }

  /// The shape of a layer's input, where its entry tells it.
  private static func inputShape(of entry: JSONValue) -> JSONValue? {
    let built = entry["build_config"]?["input_shape"] ?? .null
    if built.array != nil { return built }
    let call = entry["inbound_nodes"]?.array?.first?["args"]?.array?.first
    return call?["config"]?["shape"]
  }

  /// Whether the entry is an operation's: the options of a layer say whether it is trained.
  ///
  /// Keras 3 lists the operations of `keras.ops` beside the layers and gives both an `Add`. They
  /// differ (operations broadcast as NumPy does), so operations are told apart as `ops.Add`.
  private func isOperation(_ className: String, _ options: [String: JSONValue]) -> Bool {
    models.version.major >= 3 && options["trainable"] == nil
      && !Self.layersOfFewWords.contains(className)
  }

  /// The layers of Keras 3 that leave the options out that all others have.
  private static let layersOfFewWords: Set = [
    "Discretization", "HashedCrossing", "Pipeline", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D",
  ]
}

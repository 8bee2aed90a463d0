import ModelFormat

extension GraphBuilder {
  /// Whether a call within a model that is called with `training=True` is made so, too.
  ///
  /// What a call says itself counts more in Keras 2, and less in Keras 3.
  func inherits(_ call: SourceCall, of layer: SourceLayer) -> Bool {
    if version.major < 3, let own = call.keywords["training"], own.constant?.isNull != true {
      return false
    }
    return switch layer.body {
    case .input: false
    case .model: true
    case .timeDistributed(let inner): inherits(SourceCall(), of: inner)
    case .layer:
      layer.trainingEffect == .batchStatistics
        || layer.className == "SpectralNormalization"
        || CallSignature.of(layer.className, in: version).others.contains("training")
    }
  }

  /// The call of a layer, without the word that it is made in training where that changes nothing, as
  /// in Keras 3's `predict()`: it tells all calls that they are not.
  ///
  /// Keras: `operation_fn` in `models/functional.py`.
  func told(_ call: BoundCall, of layer: SourceLayer, path: String) -> BoundCall {
    guard call.arguments["training"] != nil, case .layer = layer.body else { return call }
    var call = call
    switch layer.trainingEffect {
    case .none: call.arguments["training"] = nil
    case .batchStatistics where version.major >= 3, .other where version.major >= 3:
      report.note(.trainingCallsPredict)
      call.arguments["training"] = nil
    case .batchStatistics where call.inputs.first?.mask != nil:
      report.unsupported(
        path, layer.className, option: "training",
        reason: "the call normalises by its batch's own statistics, under a mask")
      call.arguments["training"] = nil
    case .other where layer.className == "BatchNormalization":
      report.unsupported(
        path, layer.className, option: "training", reason: ModelProblem.calledInTraining)
      call.arguments["training"] = nil
    case .batchStatistics, .other: break
    }
    return call
  }
}

import ModelFormat
import Tensors

/// A layer as a file tells it, its class and options brought into the canonical dialect.
struct SourceLayer: Sendable {
  /// What a layer is made of.
  indirect enum Body: Sendable {
    /// A layer of its own.
    case layer
    /// An input of the model.
    case input(SourceInput)
    /// A nested model.
    case model(SourceModel)
    /// `TimeDistributed` around the given layer.
    case timeDistributed(SourceLayer)
  }

  /// The name within the model.
  var name: String
  /// The class by its present name.
  var className: String
  /// The class by the name that the file gives it, without a package's.
  var fileClassName = ""
  /// The floating-point type that the layer computes in; nil for single precision.
  var type: String?
  /// The options in the canonical dialect.
  var config: [String: JSONValue] = [:]
  /// Whether the layer's own flag says that it is trained, which decides the order of weights.
  var isTrainable = true
  /// What a call in training changes; a nested model's own layers tell that.
  var trainingEffect = TrainingEffect.other
  /// What the layer is made of.
  var body: Body = .layer
  /// The calls in the file's order.
  var calls: [SourceCall] = []

  /// The nested model where the layer is one.
  var model: SourceModel? {
    guard case .model(let model) = body else { return nil }
    return model
  }

  /// The input where the layer is one.
  var input: SourceInput? {
    guard case .input(let input) = body else { return nil }
    return input
  }
}

/// What an `InputLayer` says.
struct SourceInput: Sendable {
  /// The size of each axis, the batch first; nil where the file gives no shape at all.
  var shape: [Int?]?
  /// The type of the elements.
  var elementType: ElementType = .float32
}

extension SourceLayer {
  /// The class and the options of the layer that computes: the one inside `SpectralNormalization`.
  var core: (className: String, config: [String: JSONValue]) {
    guard className == "SpectralNormalization", let inner = config["layer"],
      let name = inner["class_name"]?.string, let config = inner["config"]?.object
    else { return (className, config) }
    return (name, config)
  }

  /// The layer with another option of ``core``.
  func changingCore(_ option: String, to value: JSONValue) -> SourceLayer {
    var (layer, core) = (self, core)
    core.config[option] = value
    layer.config =
      core.className == className
      ? core.config
      : config.merging(
        [
          "layer": .object([
            "class_name": .string(core.className), "config": .object(core.config),
          ])
        ], uniquingKeysWith: { _, new in new })
    return layer
  }
}

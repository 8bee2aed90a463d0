import ModelFormat
import Tensors

/// y = x: the layers that change pictures only while a model is trained.
///
/// Input and output: any shape; whole numbers become floating-point ones.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/>
struct Augmentation: Layer {
  static let classNames = [
    "AugMix", "CutMix", "MaxNumBoundingBoxes", "MixUp", "RandAugment", "RandomBrightness",
    "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomElasticTransform",
    "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHeight",
    "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation",
    "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomWidth",
    "RandomZoom",
  ]

  init(_ reader: inout LayerReader) {
    // Whatever they say, it is about training.
    for option in reader.layer.config.keys { _ = reader.value(option) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

import ModelFormat
import Tensors

/// y = x: the layers that change pictures only while a model is trained.
///
/// Pictures with bounding boxes, labels or masks, which Keras gives as a dictionary, are refused.
///
/// Input and output: any shape; whole numbers become floating-point ones.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/>
struct Augmentation: Layer {
  static let classNames = [
    "AugMix", "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp", "RandAugment",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHeight", "RandomHue", "RandomInvert", "RandomPerspective",
    "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomWidth", "RandomZoom", "Solarization",
  ]

  init(_ reader: inout LayerReader) {
    // Whatever they say, it is about training.
    for option in reader.layer.config.keys { _ = reader.value(option) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard call.positionalCount == 1 else {
      throw LayerError(
        "expected pictures alone, found \(call.positionalCount) inputs: bounding boxes, labels and "
          + "segmentation masks are not supported")
    }
    return [TensorType(call.inputs[0].shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }
}

import Imaging
import Inference
import Tensors

/// A model that tells digits (or other ten classes) in pictures of 28 by 28 grey pixels.
struct DigitModel: Sendable {
  /// How many classes there are.
  static let classCount = 10

  let model: ServedModel
  private let inputShape: Shape

  /// The model as one of digits; nil where it has other inputs or outputs.
  init?(_ model: ServedModel) {
    guard model.inputs.count == 1, model.outputs.count == 1,
      model.inputs[0].elementType.isFloatingPoint,
      model.outputs[0].elementType.isFloatingPoint,
      model.outputs[0].shape.dropFirst() == [Self.classCount][...],
      let shape = Self.shapes.first(where: { model.inputs[0].accepts($0) })
    else { return nil }
    self.model = model
    inputShape = shape
  }

  private static let shapes: [Shape] = {
    let side = DigitPreparation.side
    return [[1, side, side, 1], [1, side, side], [1, side * side], [1, 1, side, side]]
  }()

  /// The names of the classes.
  var labels: [String] {
    guard let labels = model.labels, labels.count == Self.classCount else {
      return (0..<Self.classCount).map(String.init)
    }
    return labels
  }

  /// A prepared picture as the model's input.
  func input(_ pixels: [Float]) -> Tensor {
    Tensor(inputShape, pixels).converted(to: model.inputs[0].elementType)
  }

  /// The ten numbers in the model's outputs for one picture.
  func scores(_ outputs: [Tensor]) throws(HTTPError) -> [Float] {
    guard let scores = outputs.first?.converted(to: .float32).elements(as: Float.self),
      scores.count == Self.classCount
    else {
      throw HTTPError(.internalError, "model \"\(model.name)\" does not give ten numbers")
    }
    return scores
  }
}

import Imaging
import Inference
import ModelFormat
import Tensors

/// A picture as the only input of a model.
enum PictureInput {
  /// The picture in the file at `path`, made to fit the model.
  ///
  /// Where the model takes 28x28 grey numbers, as (28, 28, 1), (28, 28) or (784), the picture is
  /// prepared as a digit of MNIST's. Otherwise it is resized to what the model takes, its numbers
  /// from 0 to 255 where the model rescales them itself, and from 0 to 1 where it does not.
  static func read(_ path: String, for model: Model) throws -> Tensor {
    let image: Image
    do {
      image = try MappedFile(path: path).withBytes { try Image(decoding: $0) }
    } catch let error as ImageError {
      throw Failure.badFile(path, error.description)
    }
    guard model.inputs.count == 1 else {
      throw InputError("a picture is one input, the model takes \(model.inputs.count)")
    }
    let sizes = Array(model.inputs[0].shape.dropFirst())
    if let digit = digitShape(sizes) {
      return Tensor(digit, DigitPreparation.prepare(image))
    }
    guard sizes.count == 3, let channels = sizes[2] else { throw unfit(model) }
    let height = sizes[0] ?? image.height
    let width = sizes[1] ?? image.width
    let scale: Float = model.rescales ? 1 : 1 / 255
    guard
      let samples = image.samples(width: width, height: height, channels: channels, scale: scale)
    else { throw unfit(model) }
    return Tensor([1, height, width, channels], samples)
  }

  private static func digitShape(_ sizes: [Int?]) -> Shape? {
    let side = DigitPreparation.side
    let known: [[Int?]] = [[side, side, 1], [side, side], [side * side]]
    return known.contains(sizes) ? Shape([1] + sizes.compactMap(\.self)) : nil
  }

  private static func unfit(_ model: Model) -> InputError {
    let sizes = model.inputs[0].shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
    return InputError(
      "a picture cannot be an input of shape (\(sizes)): expected 1, 3 or 4 channels last")
  }
}

extension Model {
  /// Whether the model has a layer that brings pictures' numbers into another range.
  fileprivate var rescales: Bool {
    description.layers.contains { $0.className == "Rescaling" || $0.className == "Normalization" }
  }
}

import Imaging
import Inference
import ModelFormat
import Serving
import Tensors

/// A picture as the only input of a model.
enum PictureInput {
  /// The picture in the file at `path`, made to fit the model; see ``PictureTensor``.
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
    guard let tensor = PictureTensor.make(image, for: model.inputs[0], rescales: model.rescales)
    else {
      let sizes = model.inputs[0].shape.map { $0.map(String.init) ?? "any" }
      throw InputError(
        "a picture cannot be an input of shape (\(sizes.joined(separator: ", "))): expected 1, 3 "
          + "or 4 channels last")
    }
    return tensor
  }
}

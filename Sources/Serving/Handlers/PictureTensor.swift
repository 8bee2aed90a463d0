package import Imaging
package import Inference
package import Tensors

/// A picture as the only input of a model.
package enum PictureTensor {
  /// The picture, made to fit an input; nil where the input does not take pictures.
  ///
  /// Where the model takes 28x28 grey numbers, as (28, 28, 1), (28, 28), (784) or (1, 28, 28), the
  /// picture is prepared as a digit of MNIST's. Otherwise it is resized to what the model takes, its
  /// numbers from 0 to 255 where the model rescales them itself, and from 0 to 1 where it does not.
  package static func make(_ image: Image, for port: ModelPort, rescales: Bool) -> Tensor? {
    let sizes = Array(port.shape.dropFirst())
    if let digit = digitShape(sizes) {
      return Tensor(digit, DigitPreparation.prepare(image))
    }
    guard sizes.count == 3, let channels = sizes[2] else { return nil }
    let (height, width) = (sizes[0] ?? image.height, sizes[1] ?? image.width)
    let samples = image.samples(
      width: width, height: height, channels: channels, scale: rescales ? 1 : 1 / 255)
    return samples.map { Tensor([1, height, width, channels], $0) }
  }

  /// Whether pictures fit an input.
  package static func fits(_ port: ModelPort) -> Bool {
    let sizes = Array(port.shape.dropFirst())
    if port.elementType == .string { return false }
    return digitShape(sizes) != nil || sizes.count == 3 && [1, 3, 4].contains(sizes[2])
  }

  private static func digitShape(_ sizes: [Int?]) -> Shape? {
    let side = DigitPreparation.side
    let known: [[Int?]] = [[side, side, 1], [side, side], [side * side], [1, side, side]]
    return known.contains(sizes) ? Shape([1] + sizes.compactMap(\.self)) : nil
  }
}

extension HTTPRequest {
  /// Whether the body is a picture's file.
  var isPicture: Bool {
    guard let type = headers["Content-Type"] else { return false }
    return type.lowercased().hasPrefix("image/")
  }

  /// The picture in the body as the input of a model.
  func picture(for model: ServedModel) throws(HTTPError) -> [Tensor] {
    guard model.inputs.count == 1 else {
      throw HTTPError(
        .badRequest, "a picture is one input, model \"\(model.name)\" takes \(model.inputs.count)")
    }
    let port = model.inputs[0]
    guard PictureTensor.fits(port) else {
      throw HTTPError(
        .badRequest,
        "a picture cannot be input \"\(port.name)\" of shape \(port.shapeText): expected 1, 3 or 4 "
          + "channels last")
    }
    let image = try Image(posted: body.bytes)
    guard let tensor = PictureTensor.make(image, for: port, rescales: model.rescales) else {
      throw HTTPError(.badRequest, "the picture does not fit input \"\(port.name)\"")
    }
    return [tensor.converted(to: port.elementType)]
  }
}

extension ModelPort {
  /// The shape as clients read it: `[-1, 28, 28, 1]`.
  var shapeText: String {
    "[" + shape.map { String($0 ?? -1) }.joined(separator: ",") + "]"
  }
}

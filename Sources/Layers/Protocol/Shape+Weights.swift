import Tensors

extension Shape {
  /// Fails unless an axis has the size that a weight takes.
  func expect(
    _ size: Int, on axis: Int, for weight: String, of shape: Shape
  ) throws(LayerError) {
    guard self[axis] == size else {
      throw LayerError(
        "expected size \(size) on axis \(axis) for the weight \"\(weight)\" of shape \(shape), "
          + "found size \(self[axis]) in shape \(self)")
    }
  }
}

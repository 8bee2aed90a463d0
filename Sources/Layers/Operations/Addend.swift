import Tensors

extension Shape {
  /// The shape of a tensor of this shape where a sum of the shape `sum` takes it for a bias.
  ///
  /// Its numbers are those of the last axis if that has so many places, else of the second one. Nil
  /// where it broadcasts as anything else does. Keras does so on TensorFlow since 3.7, whichever axis
  /// the numbers are meant for.
  ///
  /// Keras: `add` in `backend/tensorflow/numpy.py`.
  func asBias(of sum: Shape) -> Shape? {
    let sizes = dimensions.filter { $0 > 1 }
    guard sum.rank > 1, sizes.count == 1, !dimensions.contains(0) else { return nil }
    if sum[-1] == sizes[0] { return Shape(sizes) }
    return sum[1] == sizes[0] ? Shape(sizes + [Int](repeating: 1, count: sum.rank - 2)) : nil
  }
}

extension Tensor {
  /// This tensor as a bias of a sum, where it is taken for one.
  func asBias(of sum: Shape) -> Tensor {
    shape.asBias(of: sum).map { reshaped(to: $0) } ?? self
  }
}

extension [Operand] {
  /// The operands of a sum, the second of which may be marked as one that is taken for a bias.
  var fittingSum: [Operand] {
    guard count == 2, self[1].isTakenForBias, let constant = self[1].constantTensor else {
      return self
    }
    return [self[0], Operand(constant.asBias(of: self[0].type.shape), isWeak: self[1].isWeak)]
  }
}

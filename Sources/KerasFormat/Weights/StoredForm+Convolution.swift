import Tensors

extension StoredForm {
  /// The forms of kernels, which have the window's axes first today, then the input's and the
  /// output's channels.
  ///
  /// Keras: `preprocess_weights_for_loading` of 2.3.1's `keras/engine/saving.py`.
  static let convolutionForms: [String: StoredForm] = [
    // (length, 1, in, out), or (out, in, length, 1) with dim_ordering "th".
    "keras1_conv1d": kernels { kernel in
      guard kernel.shape.rank == 4 else { return nil }
      if kernel.shape[1] == 1, kernel.shape[3] != 1 || kernel.shape[0] != 1 {
        return kernel.reshaped([kernel.shape[0], kernel.shape[2], kernel.shape[3]])
      }
      let turned = kernel.transposed([2, 3, 1, 0])
      return turned.reshaped([turned.shape[0], turned.shape[2], turned.shape[3]])
    },
    "channels_first_conv2d": transposing([2, 3, 1, 0]),
    "channels_first_conv3d": transposing([2, 3, 4, 1, 0]),
    "channels_first_deconv2d": transposing([2, 3, 0, 1]),
    "keras1_deconv2d": transposing([0, 1, 3, 2]),
    // The convolution that turns its kernel round.
    "flipped": kernels { $0.flippedWindow },
  ]

  private static func transposing(_ axes: [Int]) -> StoredForm {
    kernels { kernel in kernel.shape.rank == axes.count ? kernel.transposed(axes) : nil }
  }

  /// A form in which the weights for which `convert` gives another one are stored otherwise.
  private static func kernels(
    _ convert: @escaping @Sendable (Tensor) -> Tensor?
  ) -> StoredForm {
    StoredForm { weights in
      weights.map { weight in
        NamedWeight(name: weight.name, tensor: convert(weight.tensor) ?? weight.tensor)
      }
    }
  }
}

extension Tensor {
  /// The same elements in another shape of as many.
  fileprivate func reshaped(_ sizes: [Int]) -> Tensor {
    Tensor(TensorType(Shape(sizes), elementType), storage: storage)
  }

  /// The kernel with the window's axes, all but the last two, turned round.
  fileprivate var flippedWindow: Tensor? {
    guard shape.rank > 2 else { return nil }
    let block = shape.dimensions.suffix(2).reduce(1, *)
    let numbers = self.numbers
    let taps = shape.elementCount / max(block, 1)
    return Tensor(
      shape, (0..<taps).reversed().flatMap { numbers[($0 * block)..<(($0 + 1) * block)] })
  }
}

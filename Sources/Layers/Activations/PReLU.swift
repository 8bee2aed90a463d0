import Tensors

/// y = x where x > 0, else alpha · x, with a learned alpha for each element.
///
/// Input and output: (B, …). Weights: alpha (…), of size 1 on each of the `shared_axes`.
///
/// Keras: <https://keras.io/api/layers/activation_layers/prelu/>
struct PReLU: Layer {
  static let classNames = ["PReLU"]

  private let alpha: Tensor

  init(_ reader: inout LayerReader) {
    _ = reader.value("shared_axes")
    let rank = reader.storedShape(of: "alpha")?.rank ?? 1
    alpha = reader.weight("alpha", [Int?](repeating: nil, count: rank))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard alpha.fits(shape) else {
      throw LayerError("expected an input that alpha \(alpha.shape) fits, found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, width) = (shape[0], shape.elementCount / max(shape[0], 1))
    let slopes = alpha.repeated(to: Shape(Array(shape.dimensions.dropFirst())))
    return .run { buffers in
      for item in 0..<batch {
        let (x, y) = (buffers.input(0) + item * width, buffers.output() + item * width)
        for index in 0..<width { y[index] = x[index] > 0 ? x[index] : slopes[index] * x[index] }
      }
    }
  }
}

extension Tensor {
  /// The numbers for every element of an item, of which each axis of size 1 stands for all.
  func repeated(to item: Shape) -> [Float] {
    let strides = zip(shape.strides, shape.dimensions).map { $1 == 1 ? 0 : $0 }
    let expanded = Tensor(item, Float.self) { numbers in
      guard let numbers = numbers.baseAddress else { return }
      withBytes { bytes in
        guard let source = bytes.baseAddress else { return }
        CPUKernels.active.copy(
          item, from: source, strides: strides, to: numbers, strides: item.strides)
      }
    }
    return expanded.elements(as: Float.self)
  }

  /// Whether the numbers can be for every element of an item of shape (B, …).
  func fits(_ shape: Shape) -> Bool {
    shape.rank == self.shape.rank + 1
      && zip(shape.dimensions.dropFirst(), self.shape.dimensions)
        .allSatisfy { $0 == $1 || $1 == 1 }
  }
}

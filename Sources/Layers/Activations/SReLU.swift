import Tensors

/// An S-shaped rectifier with learned numbers for each element, a layer of Keras 1.
///
/// y = r + a_right · (x − r) where x ≥ r, x where l ≤ x, and l + a_left · (x − l) elsewhere, with
/// l = t_left and r = l + |t_right|. With `clips_left`, the canonical dialect's option for what
/// Theano's back end computed, the last is r at most.
///
/// Input and output: (B, …). Weights: t_left, a_left, t_right and a_right (…), of size 1 on each of
/// the `shared_axes`.
///
/// Paper: Jin et al. 2015, "Deep Learning with S-shaped Rectified Linear Activation Units".
struct SReLU: Layer {
  static let classNames = ["SReLU"]

  private let weights: [Tensor]
  private let clipsLeft: Bool

  init(_ reader: inout LayerReader) {
    _ = reader.value("shared_axes")
    clipsLeft = reader.bool("clips_left", default: false)
    let rank = reader.storedShape(of: "t_left")?.rank ?? 1
    var weights: [Tensor] = []
    for name in ["t_left", "a_left", "t_right", "a_right"] {
      weights.append(reader.weight(name, [Int?](repeating: nil, count: rank)))
    }
    self.weights = weights
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard let misfit = weights.first(where: { !$0.fits(shape) }) else {
      return [TensorType(shape)]
    }
    throw LayerError("expected an input that weights \(misfit.shape) fit, found shape \(shape)")
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, width) = (shape[0], shape.elementCount / max(shape[0], 1))
    let item = Shape(Array(shape.dimensions.dropFirst()))
    let (numbers, clipsLeft) = (weights.map { $0.repeated(to: item) }, clipsLeft)
    return .run { buffers in
      for place in 0..<batch {
        let (x, y) = (buffers.input(0) + place * width, buffers.output() + place * width)
        for index in 0..<width {
          let left = numbers[0][index]
          let right = left + abs(numbers[2][index])
          // As Keras sums it: the left and middle part, clipped at the right, and the right part.
          let below = min(x[index] - left, right - left)
          var middle = below > 0 ? below : numbers[1][index] * below
          if clipsLeft { middle = min(middle, right - left) }
          y[index] = left + middle + max(x[index] - right, 0) * numbers[3][index]
        }
      }
    }
  }
}

import Tensors

/// y = alpha · log(1 + exp(beta · x)), with learned numbers for each element: a layer of Keras 1.
///
/// Input and output: (B, …). Weights: alpha and beta (…), of size 1 on each of the `shared_axes`.
///
/// Paper: McFarland et al. 2013, "Inferring Nonlinear Neuronal Computation Based on
/// Physiologically Plausible Inputs".
struct ParametricSoftplus: Layer {
  static let classNames = ["ParametricSoftplus"]

  private let alpha: Tensor
  private let beta: Tensor

  init(_ reader: inout LayerReader) {
    _ = reader.value("shared_axes")
    let sizes = [Int?](repeating: nil, count: reader.storedShape(of: "alpha")?.rank ?? 1)
    alpha = reader.weight("alpha", sizes)
    beta = reader.weight("beta", sizes)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    for weight in [alpha, beta] where !weight.fits(shape) {
      throw LayerError("expected an input that weights \(weight.shape) fit, found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (batch, width) = (shape[0], shape.elementCount / max(shape[0], 1))
    let item = Shape(Array(shape.dimensions.dropFirst()))
    let (factors, slopes) = (alpha.repeated(to: item), beta.repeated(to: item))
    return .run { buffers in
      let y = buffers.output()
      for place in 0..<batch {
        let (x, y) = (buffers.input(0) + place * width, y + place * width)
        for index in 0..<width { y[index] = slopes[index] * x[index] }
      }
      CPUKernels.active.activate(.softplus, count: batch * width, y, into: y)
      for place in 0..<batch {
        let y = y + place * width
        for index in 0..<width { y[index] *= factors[index] }
      }
    }
  }
}

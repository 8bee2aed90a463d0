import Tensors

/// y = cos(x · unscaled_kernel / kernel_scale + bias): a layer of Keras 2.
///
/// Input: (B, C). Weights: unscaled_kernel (C, U), kernel_scale (1), bias (U). Output: (B, U).
///
/// Paper: Rahimi and Recht 2007, "Random Features for Large-Scale Kernel Machines".
struct RandomFourierFeatures: Layer {
  static let classNames = ["RandomFourierFeatures"]

  private let kernel: Tensor
  private let bias: Tensor

  init(_ reader: inout LayerReader) {
    let units = reader.int("output_dim")
    // These tell how the weights were drawn.
    for option in ["kernel_initializer", "scale"] { _ = reader.value(option) }
    let scale = reader.weight("kernel_scale", [1]).elements(as: Float.self)[0]
    let unscaled = reader.weight("unscaled_kernel", [nil, units])
    kernel = Tensor(unscaled.shape, unscaled.elements(as: Float.self).map { 1 / scale * $0 })
    bias = reader.weight("bias", [units])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 2)
    try shape.expect(kernel.shape[0], on: -1, for: "unscaled_kernel", of: kernel.shape)
    return [TensorType([shape[0], kernel.shape[1]])]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (rows, units, bias) = (call.inputs[0].shape[0], kernel.shape[1], bias)
    let panels = context.shared("kernel") {
      PackedMatrix(kernel, rows: kernel.shape[0], columns: 0..<units, of: units)
    }
    return .run { buffers in
      let y = buffers.output()
      panels.multiply(
        rows: rows, buffers.input(0), into: y, Epilogue(bias: bias.firstNumber), buffers.workers)
      for index in 0..<(rows * units) { y[index] = Float(Scalar.cosine(Double(y[index]))) }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.inputs[0].shape.elementCount * kernel.shape[1]
  }
}

import Tensors

/// y = t · activation(x · kernel + bias) + (1 − t) · x, where
/// t = sigmoid(x · carry_kernel + carry_bias): a layer of Keras 1.
///
/// Input and output: (B, C). Weights: kernel and carry_kernel (C, C), bias and carry_bias (C).
///
/// Paper: Srivastava, Greff, Schmidhuber 2015, "Highway Networks".
struct Highway: Layer {
  static let classNames = ["Highway"]

  private let kernel: Tensor
  private let carryKernel: Tensor
  private let finish: Finish
  private let carryFinish: Finish

  init(_ reader: inout LayerReader) {
    let size = reader.storedShape(of: "kernel")?.dimensions.last ?? 1
    kernel = reader.weight("kernel", [size, size])
    carryKernel = reader.weight("carry_kernel", [size, size])
    let hasBias = reader.bool("use_bias", default: true)
    finish = Finish(
      bias: hasBias ? reader.weight("bias", [size]) : nil,
      activation: reader.activation("activation", default: "linear"))
    carryFinish = Finish(
      bias: hasBias ? reader.weight("carry_bias", [size]) : nil,
      activation: .elementwise(.sigmoid))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 2)
    try shape.expect(kernel.shape[0], on: -1, for: "kernel", of: kernel.shape)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (rows, size) = (call.inputs[0].shape[0], kernel.shape[0])
    let panels = [kernel, carryKernel].enumerated().map { index, kernel in
      context.shared("\(index)") {
        PackedMatrix(kernel, rows: size, columns: 0..<size, of: size)
      }
    }
    let (rounding, count) = (context.rounding, rows * size)
    let (finish, carryFinish) = (finish.rounded(by: rounding), carryFinish.rounded(by: rounding))
    return .run(scratchBytes: count * MemoryLayout<Float>.stride) { buffers in
      let (x, y, t) = (buffers.input(0), buffers.output(), buffers.scratch())
      finish.multiply(panels[0], rows: rows, x, buffers)
      panels[1].multiply(
        rows: rows, x, into: t, carryFinish.epilogue(buffers, t, width: size), buffers.workers)
      carryFinish.finish(t, rows: rows, width: size)
      for index in 0..<count { y[index] = t[index] * y[index] + (1 - t[index]) * x[index] }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    2 * call.inputs[0].shape.elementCount * kernel.shape[0]
  }
}

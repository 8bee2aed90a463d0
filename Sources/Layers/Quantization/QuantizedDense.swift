import Tensors

/// A ``Dense`` whose inputs are quantised as its weights are:
/// y = activation(q(x) · kernel / (s · kernel_scale) + bias), where q(x) are whole numbers and s is
/// what each row was multiplied by to make them so.
///
/// Input: (…, C). Weights: kernel (C, U), whole numbers; kernel_scale (1, U), bias (U). In the form
/// `float8`, the kernel and q(x) are numbers that 8 bits hold, there is no scale of the kernel, and
/// the weight inputs_scale () is that of the inputs. Output: (…, U).
///
/// Keras: `_int8_call`, `_int4_call` and `_float8_call` of
/// <https://keras.io/api/layers/core_layers/dense/>
struct QuantizedDense: Layer {
  static let classNames = ["QuantizedDense"]

  private let units: Int
  private let kernel: Tensor
  private let kernelScale: Tensor?
  private let bias: Tensor?
  private let quantizer: InputQuantizer
  private let activation: ActivationFunction

  init(_ reader: inout LayerReader) {
    units = reader.int("units")
    kernel = reader.weight("kernel", [nil, units])
    let quantizer = reader.inputQuantizer()
    if quantizer == nil { reader.reject("inputs_quantizer", "expected a quantizer, found none") }
    self.quantizer = quantizer ?? .float8(scale: 1)
    kernelScale = self.quantizer.scalesRows ? reader.weight("kernel_scale", [1, units]) : nil
    bias = reader.bool("use_bias", default: true) ? reader.weight("bias", [units]) : nil
    activation = reader.activation(allowsGLU: true)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    guard shape.rank >= 2 else {
      throw LayerError("expected an input of rank 2 or more, found shape \(shape)")
    }
    try shape.expect(kernel.shape[0], on: -1, for: "kernel", of: kernel.shape)
    shape[-1] = activation.outputWidth(of: units)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (inner, width) = (kernel.shape[0], units)
    let rows = call.inputs[0].shape.elementCount / max(inner, 1)
    let panels = context.shared("kernel") {
      PackedMatrix(kernel, rows: inner, columns: 0..<width, of: width)
    }
    let finish = ScaledProduct(kernelScale: kernelScale, bias: bias)
    let (quantizer, activation) = (quantizer, activation)
    let product = rows * inner + rows
    return .run(scratchBytes: (product + rows * width) * MemoryLayout<Float>.stride) { buffers in
      let (numbers, factors) = (buffers.scratch(), buffers.scratch(from: rows * inner))
      quantizer.quantize(
        rows: rows, count: inner, buffers.input(0), into: numbers, factors: factors,
        buffers.workers)
      let y = activation == .rows(.glu) ? buffers.scratch(from: product) : buffers.output()
      panels.multiply(rows: rows, numbers, into: y, Epilogue(), buffers.workers)
      finish.scale(y, rows: rows, factors: quantizer.scalesRows ? factors : nil)
      finish.addBias(y, rows: rows)
      activation.apply(y, buffers.output(), rows: rows, width: width)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int { call.inputs[0].shape.elementCount * units }
}

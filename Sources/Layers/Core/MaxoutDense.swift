import Tensors

/// y[b, u] = max_k (x[b, :] · kernel[k] + bias[k])[u]: a layer of Keras 1.
///
/// Input: (B, C). Weights: kernel (K, C, U), bias (K, U), for K linear features. Output: (B, U).
///
/// Paper: Goodfellow et al. 2013, "Maxout Networks".
struct MaxoutDense: Layer {
  static let classNames = ["MaxoutDense"]

  private let units: Int
  private let kernel: Tensor
  private let bias: Tensor?

  private var features: Int { kernel.shape[0] }

  init(_ reader: inout LayerReader) {
    units = reader.int("units")
    let features = reader.int("nb_feature", default: 4)
    kernel = reader.weight("kernel", [features, nil, units])
    bias =
      reader.bool("use_bias", default: true) ? reader.weight("bias", [features, units]) : nil
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 2)
    try shape.expect(kernel.shape[1], on: -1, for: "kernel", of: kernel.shape)
    return [TensorType([shape[0], units])]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (rows, units, features, bias) = (call.inputs[0].shape[0], units, features, bias)
    let width = features * units
    let panels = context.shared("kernel") {
      let columns = kernel.transposed([1, 0, 2])
      return PackedMatrix(columns, rows: kernel.shape[1], columns: 0..<width, of: width)
    }
    return .run(scratchBytes: rows * width * MemoryLayout<Float>.stride) { buffers in
      let (y, all) = (buffers.output(), buffers.scratch())
      panels.multiply(
        rows: rows, buffers.input(0), into: all, Epilogue(bias: bias?.firstNumber),
        buffers.workers)
      for row in 0..<rows {
        for unit in 0..<units {
          let first = all + row * width + unit
          y[row * units + unit] = (1..<features).reduce(first[0]) { max($0, first[$1 * units]) }
        }
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.inputs[0].shape.elementCount * features * units
  }
}

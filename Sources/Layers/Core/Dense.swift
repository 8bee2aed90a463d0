import Tensors

/// y = activation(x · kernel + bias) along the last axis.
///
/// Input: (…, C). Weights: kernel (C, U), bias (U). Output: (…, U).
///
/// Keras: <https://keras.io/api/layers/core_layers/dense/>
struct Dense: FinishedLayer {
  static let classNames = ["Dense"]

  private let units: Int
  private let kernel: Tensor
  /// What the input's channels are multiplied by, along with their weights.
  private var factors: [Float]?
  var finish: Finish

  init(_ reader: inout LayerReader) {
    units = reader.int("units")
    kernel = reader.weight("kernel", [nil, units])
    finish = reader.finish(count: units, allowsGLU: true)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    guard shape.rank >= 2 else {
      throw LayerError("expected an input of rank 2 or more, found shape \(shape)")
    }
    try shape.expect(kernel.shape[0], on: -1, for: "kernel", of: kernel.shape)
    shape[-1] = finish.activation.outputWidth(of: units)
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let finish = finish.rounded(by: context.rounding, isMatmul: true)
    let panels = context.shared("kernel") {
      PackedMatrix(
        scaledKernel, rows: kernel.shape[0], columns: 0..<units, of: units, scale: finish.scale)
    }
    let rows = call.inputs[0].shape.elementCount / max(kernel.shape[0], 1)
    if finish.activation == .rows(.glu) {
      let linear = finish.linear
      let width = units
      return .run(scratchBytes: rows * units * 4) { buffers in
        let product = buffers.scratch()
        panels.multiply(
          rows: rows, buffers.input(0), into: product,
          linear.epilogue(buffers, product, width: width), buffers.workers)
        linear.addBias(product, rows: rows, width: width)
        finish.apply(product, buffers.output(), rows: rows, width: width)
      }
    }
    return .run { buffers in finish.multiply(panels, rows: rows, buffers.input(0), buffers) }
  }

  package func absorbing(_ operation: GraphOperation) -> (any Layer)? {
    guard case .scaledInput(let factors, let offsets) = operation else {
      return finishing(operation)
    }
    guard self.factors == nil, factors.count == kernel.shape[0],
      let finish = finish.shifted(by: products(with: offsets))
    else { return nil }
    var layer = self
    layer.factors = factors
    layer.finish = finish
    return layer
  }

  /// offsets · kernel.
  private func products(with offsets: [Float]) -> [Double] {
    let weights = kernel.elements(as: Float.self)
    var products = [Double](repeating: 0, count: units)
    for (row, offset) in offsets.enumerated() {
      for column in 0..<units {
        products[column] += Double(offset) * Double(weights[row * units + column])
      }
    }
    return products
  }

  private var scaledKernel: Tensor {
    guard let factors else { return kernel }
    var weights = kernel.elements(as: Float.self)
    for (row, factor) in factors.enumerated() {
      for column in 0..<units { weights[row * units + column] *= factor }
    }
    return Tensor(kernel.shape, weights)
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.inputs[0].shape.elementCount * units
  }
}

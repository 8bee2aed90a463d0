import Tensors

/// y[…, c] = gamma[c] · x[…, c], with learned factors: a layer of `keras.applications.convnext`.
///
/// Input and output: (B, …, C). Weight: gamma (C), where C is `projection_dim`.
///
/// Paper: Touvron et al. 2021, "Going deeper with Image Transformers".
struct LayerScale: AbsorbableLayer, ActivatedLayer {
  static let classNames = ["LayerScale"]

  private let gamma: [Float]
  var activation = Activation.linear

  init(_ reader: inout LayerReader) {
    let count = reader.int("projection_dim", in: 1...Int(Int32.max))
    gamma = reader.weight("gamma", [count]).elements(as: Float.self)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.rank > 1, shape.dimensions.last == gamma.count else {
      throw LayerError("expected \(gamma.count) elements on the last axis, found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (width, factors, activation) = (gamma.count, gamma, activation)
    let offsets = [Float](repeating: 0, count: width)
    let rows = shape.dimensions.dropLast().reduce(1, *)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: rows, grain: 16_384 / width + 1) { range in
        CPUKernels.active.scaleShift(
          rows: range.count, channels: width, scale: factors, shift: offsets,
          x + range.lowerBound * width, into: y + range.lowerBound * width, activation: activation)
      }
    }
  }

  package func operation(rank: Int) -> GraphOperation? {
    guard activation == .linear else { return nil }
    return .scale(factors: gamma, offsets: [Float](repeating: 0, count: gamma.count))
  }
}

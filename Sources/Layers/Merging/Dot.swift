import Tensors

/// z[b, i…, j…] = Σ_k x[b, i…, k, …] · y[b, j…, k, …], k running along one axis of either input.
///
/// With `normalize`, both are first divided by their length along that axis. Where both inputs have
/// rank 2, the output is (B, 1).
///
/// Input: x (B, …) and y (B, …). Output: (B, i…, j…), x's other axes, then y's.
///
/// Keras: `batch_dot`, <https://keras.io/api/layers/merging_layers/dot/>
struct Dot: Layer {
  static let classNames = ["Dot"]

  private let axes: [Int]
  private let normalizes: Bool

  init(_ reader: inout LayerReader) {
    axes = reader.ints("axes", count: 2, in: -16...15)
    normalizes = reader.bool("normalize", default: false)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let sides = try sides(of: call)
    let output = [call.inputs[0].shape[0]] + sides[0].rest + sides[1].rest
    return [TensorType(Shape(output.count == 1 ? output + [1] : output))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (x, y) = (try sides(of: call)[0], try sides(of: call)[1])
    let batch = call.inputs[0].shape[0]
    let kernels = CPUKernels.active
    let panelCount = kernels.packedCount(rows: y.length, columns: y.count)
    let (xStart, yStart) = (panelCount, panelCount + x.scratchCount)
    let itemScratch = (yStart + y.scratchCount + 15) / 16 * 16
    let (normalizes, rounding) = (normalizes, context.rounding)
    return .run(scratchBytes: batch * itemScratch * MemoryLayout<Float>.stride) { buffers in
      buffers.workers.forEachRange(of: batch, grain: 1 + 100_000 / x.work(with: y)) { items in
        for item in items {
          let panels = buffers.scratch(from: item * itemScratch)
          let a = x.rows(
            of: buffers.input(0), item, normalizes, panels + xStart, rounding: rounding, of: batch)
          let b = y.rows(
            of: buffers.input(1), item, normalizes, panels + yStart, rounding: rounding, of: batch)
          kernels.pack(
            rows: y.length, columns: y.count, from: b, rowStride: 1, columnStride: y.length,
            into: panels)
          kernels.product(
            rows: x.count, inner: x.length, columns: y.count, a: a, aStride: x.length,
            panels: panels, c: buffers.output() + item * x.count * y.count, cStride: y.count)
          rounding?.roundProduct(
            buffers.output() + item * x.count * y.count, count: x.count * y.count)
        }
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let side = try? sides(of: call)[0] else { return 0 }
    return call.outputs[0].shape.elementCount * side.length
  }

  private func sides(of call: LayerCall) throws(LayerError) -> [DotSide] {
    guard call.inputs.count == 2 else {
      throw LayerError("expected 2 inputs, found \(call.inputs.count)")
    }
    var sides: [DotSide] = []
    for (input, axis) in zip(call.inputs, axes) {
      guard let axis = input.shape.normalizedAxis(axis), axis > 0 else {
        throw LayerError("expected an axis of shape \(input.shape) but the first, found \(axis)")
      }
      sides.append(DotSide(input.shape, axis: axis))
    }
    guard sides[0].length == sides[1].length, call.inputs[0].shape[0] == call.inputs[1].shape[0]
    else {
      throw LayerError(
        "expected the same batch and the same size on axes \(axes), found shapes "
          + "\(call.inputs[0].shape) and \(call.inputs[1].shape)")
    }
    return sides
  }
}

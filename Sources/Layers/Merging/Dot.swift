import Tensors

/// z[b, i…, j…] = Σ_k x[b, i…, k, …] · y[b, j…, k, …], k running along one axis of either input.
///
/// With `normalize`, both are first divided by their length along that axis. Where both inputs have
/// rank 2, the output is (B, 1).
///
/// Input: x (B, …) and y (B, …). Output: (B, i…, j…), x's other axes, then y's; whole numbers where
/// both inputs are such: of what single precision gives, or with `keeps_bits` the bits that their type
/// has a place for.
///
/// Keras: `batch_dot`, <https://keras.io/api/layers/merging_layers/dot/>
struct Dot: Layer {
  static let classNames = ["Dot"]

  private let axes: [Int]
  private let normalizes: Bool
  private let keepsBits: Bool

  static func elementTypes(for inputs: [ElementType]) -> [ElementType] {
    WholeMerge.applies(to: inputs) ? [] : elementTypes
  }

  init(_ reader: inout LayerReader) {
    axes = reader.ints("axes", count: 2, in: -16...15)
    normalizes = reader.bool("normalize", default: false)
    keepsBits = reader.bool("keeps_bits", default: false)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let sides = try sides(of: call)
    let output = [call.inputs[0].shape[0]] + sides[0].rest + sides[1].rest
    let shape = Shape(output.count == 1 ? output + [1] : output)
    return [isWhole(call) ? TensorType(shape, operands(of: call).productType) : TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (x, y) = (try sides(of: call)[0], try sides(of: call)[1])
    let operands = operands(of: call)
    let type = call.outputs[0].elementType
    if isWhole(call), keepsBits || operands.allSatisfy({ $0.type.elementType == .int8 }) {
      return Self.wholeStep(x, y, operands, type)
    }
    let batch = call.inputs[0].shape[0]
    let kernels = CPUKernels.active
    let panelCount = kernels.packedCount(rows: y.length, columns: y.count)
    let (xStart, yStart) = (panelCount, panelCount + x.scratchCount)
    let itemScratch = (yStart + y.scratchCount + 15) / 16 * 16
    let (normalizes, rounding) = (normalizes, context.rounding)
    let itemBytes = batch * itemScratch * MemoryLayout<Float>.stride
    let outputCount = call.outputs[0].shape.elementCount
    let resultBytes = itemBytes + (type == .float32 ? 0 : outputCount * 4)
    let operandStart = (resultBytes + 63) / 64 * 64
    let bytes = operands.reduce(operandStart) {
      $0 + ($1.type.elementType == .float32 ? 0 : $1.scratchBytes)
    }
    return .run(scratchBytes: bytes) { buffers in
      let (first, second) = Self.numbers(Float.self, operands, buffers, operandStart)
      let z =
        type == .float32
        ? buffers.output() : (buffers.scratch + itemBytes).assumingMemoryBound(to: Float.self)
      buffers.workers.forEachRange(of: batch, grain: 1 + 100_000 / x.work(with: y)) { items in
        for item in items {
          let panels = buffers.scratch(from: item * itemScratch)
          let a = x.rows(
            of: first, item, normalizes, panels + xStart, rounding: rounding, of: batch)
          let b = y.rows(
            of: second, item, normalizes, panels + yStart, rounding: rounding, of: batch)
          kernels.pack(
            rows: y.length, columns: y.count, from: b, rowStride: 1, columnStride: y.length,
            into: panels)
          kernels.product(
            rows: x.count, inner: x.length, columns: y.count, a: a, aStride: x.length,
            panels: panels, c: z + item * x.count * y.count, cStride: y.count)
          rounding?.roundProduct(z + item * x.count * y.count, count: x.count * y.count)
        }
      }
      if type != .float32 { convertElements(outputCount, z, .float32, buffers.outputBytes(), type) }
    }
  }

  /// The products of whole numbers.
  private static func wholeStep(
    _ x: DotSide, _ y: DotSide, _ operands: [Operand], _ type: ElementType
  ) -> Step {
    let batch = operands[0].type.shape[0]
    return .run(scratchBytes: operands.reduce(0) { $0 + $1.scratchBytes }) { buffers in
      let (a, b) = numbers(Int64.self, operands, buffers, 0)
      for place in 0..<(batch * x.count * y.count) {
        let (item, row) = (place / y.count / max(x.count, 1), place / y.count % max(x.count, 1))
        let sum = (0..<x.length).reduce(0 as Int64) { sum, index in
          sum &+ a[x.place(item, row, index)] &* b[y.place(item, place % y.count, index)]
        }
        buffers.store(sum, as: type, at: place)
      }
    }
  }

  private static func numbers<Element: TensorElement>(
    _ element: Element.Type, _ operands: [Operand], _ buffers: StepBuffers, _ offset: Int
  ) -> (UnsafePointer<Element>, UnsafePointer<Element>) {
    let scratch = buffers.scratch + offset
    return (
      operands[0].values(as: element, buffers, scratch: scratch),
      operands[1].values(as: element, buffers, scratch: scratch + operands[0].scratchBytes)
    )
  }

  private func operands(of call: LayerCall) -> [Operand] {
    call.inputs.enumerated().map { Operand(input: $0.offset, $0.element) }
  }

  private func isWhole(_ call: LayerCall) -> Bool {
    !normalizes && WholeMerge.applies(to: call.inputs.map(\.elementType))
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

import Tensors

/// y = the inputs one behind the other along `axis`.
///
/// Input: tensors whose sizes differ on that axis alone, of any element types; where these differ,
/// elements take the wider type, as in Keras. Output: the sizes on the axis added up.
///
/// Keras: <https://keras.io/api/layers/merging_layers/concatenate/>
struct Concatenate: Layer {
  static let classNames = ["Concatenate", "ops.Concatenate"]
  static let elementTypes: [ElementType] = []

  private let axis: Int

  var isBatchIndependent: Bool { axis != 0 }

  init(_ reader: inout LayerReader) {
    axis = reader.int("axis", default: -1, in: -16...15)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard let first = call.inputs.first else { throw LayerError("expected 1 input or more") }
    guard let axis = first.shape.normalizedAxis(axis) else {
      throw LayerError("expected an axis of shape \(first.shape), found \(self.axis)")
    }
    var output = first
    output.shape[axis] = 0
    for input in call.inputs {
      guard input.shape.rank == first.shape.rank, let joined = input.shape.normalizedAxis(axis)
      else { throw Self.mismatch(call) }
      output.shape[joined] += input.shape[joined]
      for other in first.shape.dimensions.indices
      where other != axis && input.shape[other] != first.shape[other] {
        throw Self.mismatch(call)
      }
      output.elementType = try Self.common(output.elementType, input.elementType)
    }
    return [output]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (output, inputs) = (call.outputs[0], call.inputs)
    let axis = output.shape.normalizedAxis(axis) ?? 0
    let rows = output.shape.dimensions[..<axis].reduce(1, *)
    let counts = inputs.map { $0.shape.dimensions[axis...].reduce(1, *) }
    let rowCount = counts.reduce(0, +)
    let grain = 1 + 32_768 / max(rowCount, 1)
    return .run { buffers in
      buffers.workers.forEachRange(of: rows, grain: grain) { range in
        var place = buffers.outputBytes()
        for (index, count) in counts.enumerated() {
          let type = inputs[index].elementType
          for row in range {
            let source = buffers.inputBytes(index) + row * count * type.byteCount
            let target = place + row * rowCount * output.elementType.byteCount
            if type == output.elementType {
              target.copyMemory(from: source, byteCount: count * type.byteCount)
            } else {
              convertElements(count, source, type, target, output.elementType)
            }
          }
          place += count * output.elementType.byteCount
        }
      }
    }
  }

  private static func mismatch(_ call: LayerCall) -> LayerError {
    let found = call.inputs.map { "\($0.shape)" }.joined(separator: ", ")
    return LayerError("expected shapes that differ on the axis alone, found \(found)")
  }

  /// The element type that holds elements of both types.
  private static func common(
    _ a: ElementType, _ b: ElementType
  ) throws(LayerError) -> ElementType {
    if a == b { return a }
    if a.isFloatingPoint || b.isFloatingPoint { return .float32 }
    let order: [ElementType] = [.bool, .int32, .int64]
    guard let first = order.firstIndex(of: a), let second = order.firstIndex(of: b) else {
      throw LayerError("expected elements of one type, found \(a.rawValue) and \(b.rawValue)")
    }
    return order[max(first, second)]
  }
}

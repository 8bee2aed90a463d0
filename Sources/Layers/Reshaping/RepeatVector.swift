import Tensors

/// y[b, t, :] = x[b, :] for every t below `n`.
///
/// Input: (B, C). Output: (B, n, C).
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/repeat_vector/>
struct RepeatVector: Layer {
  static let classNames = ["RepeatVector"]
  static let elementTypes = ElementType.allCases

  private let count: Int

  init(_ reader: inout LayerReader) {
    count = reader.int("n")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 2)
    return [TensorType([shape[0], count, shape[1]], call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let input = call.inputs[0]
    let (batch, count) = (input.shape[0], count)
    let rowBytes = input.shape[1] * input.elementType.byteCount
    return .run { buffers in
      for row in 0..<(batch * count) {
        (buffers.outputBytes() + row * rowBytes).copyMemory(
          from: buffers.inputBytes(0) + row / count * rowBytes, byteCount: rowBytes)
      }
    }
  }
}

import Tensors

/// y[…, :] = embeddings[x[…], :].
///
/// Indices below zero count from the end, as in Keras. An index outside the table makes the
/// prediction fail, as in TensorFlow. Numbers that are not whole are cut off. `mask_zero` makes a
/// mask beside the layer and changes nothing in it.
///
/// Input: any shape. Weights: embeddings (N, D). Output: (…, D).
///
/// Keras: <https://keras.io/api/layers/core_layers/embedding/>
struct Embedding: Layer {
  static let classNames = ["Embedding"]
  static let elementTypes: [ElementType] = [.int32, .int64]

  let embeddings: Tensor

  /// Indices stay what they are.
  var castsInputs: Bool { false }

  init(_ reader: inout LayerReader) {
    let count = reader.int("input_dim")
    embeddings = reader.weight("embeddings", [count, reader.int("output_dim")])
    _ = reader.bool("mask_zero", default: false)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(Shape(try call.onlyShape().dimensions + [embeddings.shape[1]]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    switch call.inputs[0].elementType {
    case .int64: gatherStep(call) { (index: Int64) in Int(index) }
    case .float32: gatherStep(call) { Int(exactly: ($0 as Float).rounded(.towardZero)) ?? .max }
    default: gatherStep(call) { (index: Int32) in Int(index) }
    }
  }

  private func gatherStep<Element: TensorElement>(
    _ call: LayerCall, _ whole: @escaping @Sendable (Element) -> Int
  ) -> Step {
    let indexCount = call.inputs[0].shape.elementCount
    let embeddings = embeddings
    let (count, width) = (embeddings.shape[0], embeddings.shape[1])
    return .run { buffers in
      let (indices, y) = (buffers.input(0, as: Element.self), buffers.output())
      embeddings.withElements(as: Float.self) { table in
        for position in 0..<indexCount {
          let index = whole(indices[position])
          let row = index < 0 ? index + count : index
          let output = UnsafeMutableBufferPointer(start: y + position * width, count: width)
          if (0..<count).contains(row) {
            _ = output.update(fromContentsOf: table[(row * width)..<((row + 1) * width)])
          } else {
            output.update(repeating: .nan)
            buffers.fail("expected indices from \(-count) to \(count - 1), found \(index)")
          }
        }
      }
    }
  }
}

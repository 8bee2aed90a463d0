import ModelFormat
import Tensors

/// y[…, i, j] = x[…, i, j] below and on the diagonal j − i = `k`, 0 above it: `Tril` of
/// `keras.ops`; `Triu` keeps what lies on and above it.
///
/// Input and output: (…, M, N).
///
/// Keras: <https://keras.io/api/ops/numpy/#tril-function>
struct Triangle: Layer {
  static let classNames = ["ops.Tril", "ops.Triu"]
  static let elementTypes: [ElementType] = [.float32, .int32, .int64]

  private let diagonal: Int
  private let keepsLower: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    keepsLower = reader.className == "ops.Tril"
    let range = -LayerReader.largestSize...LayerReader.largestSize
    diagonal = reader.int("k", default: 0, in: range)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.rank >= 2 else {
      throw LayerError("expected an input of rank 2 or more, found shape \(shape)")
    }
    return [call.inputs[0]]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    let width = type.elementType.byteCount
    let (rows, columns) = (type.shape[-2], type.shape[-1])
    let count = type.shape.elementCount / max(columns, 1)
    let (diagonal, keepsLower) = (diagonal, keepsLower)
    return .run { buffers in
      let (x, y) = (buffers.inputBytes(0), buffers.outputBytes())
      for row in 0..<count {
        let middle = row % rows + diagonal
        // The columns that are kept.
        let first = keepsLower ? 0 : min(max(middle, 0), columns)
        let last = keepsLower ? min(max(middle + 1, 0), columns) : columns
        let start = row * columns * width
        (y + start).initializeMemory(as: UInt8.self, repeating: 0, count: columns * width)
        (y + start + first * width)
          .copyMemory(from: x + start + first * width, byteCount: (last - first) * width)
      }
    }
  }
}

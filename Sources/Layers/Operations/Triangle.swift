import ModelFormat
import Tensors

/// y[…, i, j] = x[…, i, j] below and on the diagonal j − i = `k`, 0 above it: `Tril` of
/// `keras.ops`; `Triu` keeps what lies on and above it, and TensorFlow's `band_part` what lies from
/// `num_lower` diagonals below the main one to `num_upper` above it, all where these are negative.
///
/// Input and output: (…, M, N).
///
/// Keras: <https://keras.io/api/ops/numpy/#tril-function>
struct Triangle: Layer {
  static let classNames = ["ops.BandPart", "ops.Tril", "ops.Triu"]
  static let elementTypes: [ElementType] = [
    .float32, .int32, .int64, .int8, .int16, .uint8, .uint16, .bool,
  ]

  /// The lowest and the highest diagonal that is kept.
  private let kept: ClosedRange<Int>

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    let farthest = LayerReader.largestSize
    let range = -farthest...farthest
    switch reader.className {
    case "ops.Tril": kept = -farthest...reader.int("k", default: 0, in: range)
    case "ops.Triu": kept = reader.int("k", default: 0, in: range)...farthest
    default:
      let below = reader.int("num_lower", in: range)
      let above = reader.int("num_upper", in: range)
      kept = (below < 0 ? -farthest : -below)...(above < 0 ? farthest : above)
    }
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
    let kept = kept
    return .run { buffers in
      let (x, y) = (buffers.inputBytes(0), buffers.outputBytes())
      for row in 0..<count {
        // The columns that are kept.
        let first = min(max(row % rows + kept.lowerBound, 0), columns)
        let last = max(min(max(row % rows + kept.upperBound + 1, 0), columns), first)
        let start = row * columns * width
        (y + start).initializeMemory(as: UInt8.self, repeating: 0, count: columns * width)
        (y + start + first * width)
          .copyMemory(from: x + start + first * width, byteCount: (last - first) * width)
      }
    }
  }
}

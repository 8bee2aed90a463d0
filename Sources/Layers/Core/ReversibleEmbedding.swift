import ModelFormat
import Tensors

/// y[…, :] = embeddings[x[…], :], or with `reverse` y = cap · tanh(x · table / cap), which leads
/// back from a vector to a number for each index; without `logit_soft_cap`, y = x · table.
///
/// The table of the way back is embeddingsᵀ, or without `tie_weights` a weight of its own. With
/// `inputs_quantizer`, vectors are rounded as it says before they are multiplied; with
/// `reverse_dtype` of 16 bits, vectors and table are rounded to that.
///
/// Input: any shape, in reverse (…, D). Weights: embeddings (N, D), reverse_embeddings (D, N).
/// Output: (…, D), in reverse (…, N).
///
/// Keras: <https://keras.io/api/layers/core_layers/reversible_embedding/>
struct ReversibleEmbedding: Layer {
  static let classNames = ["ReversibleEmbedding"]
  static let arguments: Set = ["reverse"]
  static let elementTypes: [ElementType] = [.float32, .int32, .int64]

  private let lookup: Embedding
  private let reverseTable: Tensor?
  private let cap: Float?
  private let quantizer: InputQuantizer?
  /// The type of 16 bits that the way back computes in; nil for single precision.
  private let halfType: ElementType?

  private var width: Int { lookup.embeddings.shape[1] }
  private var count: Int { lookup.embeddings.shape[0] }

  /// Indices stay what they are.
  var castsInputs: Bool { false }

  init(_ reader: inout LayerReader) {
    lookup = Embedding(&reader)
    let shape = [lookup.embeddings.shape[1], lookup.embeddings.shape[0]]
    reverseTable =
      reader.bool("tie_weights", default: true) ? nil : reader.weight("reverse_embeddings", shape)
    cap = reader.value("logit_soft_cap") == nil ? nil : Float(reader.number("logit_soft_cap"))
    quantizer = reader.inputQuantizer()
    halfType = reader.choice("reverse_dtype", default: ReverseType.float32).halfType
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard try isReverse(call) else { return try lookup.outputTypes(for: call) }
    var shape = try call.onlyShape()
    guard shape.rank >= 2, call.inputs[0].elementType == .float32 else {
      throw LayerError("expected vectors of floats, found \(call.inputs[0])")
    }
    try shape.expect(width, on: -1, for: "embeddings", of: lookup.embeddings.shape)
    shape[-1] = count
    return [TensorType(shape)]
  }

  private func isReverse(_ call: LayerCall) throws(LayerError) -> Bool {
    guard let value = call.arguments["reverse"] else { return false }
    guard let isReverse = value.bool else {
      throw LayerError("expected true or false as reverse, found \(value)")
    }
    return isReverse
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    guard try isReverse(call) else { return try lookup.makeStep(for: call, in: context) }
    let (width, count) = (width, count)
    let panels = context.shared("reverse") {
      let table = reverseTable ?? lookup.embeddings.transposed([1, 0])
      return PackedMatrix(rounded(table), rows: width, columns: 0..<count, of: count)
    }
    let rows = call.inputs[0].shape.elementCount / max(width, 1)
    let elements = rows * width
    return .run(scratchBytes: (elements + rows) * MemoryLayout<Float>.stride) { buffers in
      let (x, y) = (buffers.scratch(), buffers.output())
      x.update(from: buffers.input(0), count: elements)
      if let quantizer {
        quantizer.approximate(
          rows: rows, count: width, x, into: x, factors: buffers.scratch(from: elements),
          buffers.workers)
      }
      if let halfType { CPUKernels.active.roundToHalf(halfType, count: elements, x, into: x) }
      panels.multiply(rows: rows, x, into: y, Epilogue(), buffers.workers)
      if let cap { soften(y, count: rows * count, cap, buffers.workers) }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    (try? isReverse(call)) == true ? call.inputs[0].shape.elementCount * count : 0
  }
}

extension ReversibleEmbedding {
  /// The types that the way back may compute in.
  private enum ReverseType: String, CaseIterable {
    case float32
    case float64
    case float16
    case bfloat16

    var halfType: ElementType? {
      switch self {
      case .float32, .float64: nil
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  private func rounded(_ table: Tensor) -> Tensor {
    halfType.map { table.converted(to: $0).converted(to: .float32) } ?? table
  }
}

/// Writes cap · tanh(y / cap) in the place of y.
private func soften(
  _ y: UnsafeMutablePointer<Float>, count: Int, _ cap: Float, _ workers: WorkerPool
) {
  workers.forEachRange(of: count, grain: 8192) { range in
    let part = y + range.lowerBound
    for index in 0..<range.count { part[index] /= cap }
    CPUKernels.active.activate(.tanh, count: range.count, part, into: part)
    for index in 0..<range.count { part[index] *= cap }
  }
}

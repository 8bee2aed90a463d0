import ModelFormat
import Tensors

/// y = the bucket of several features together among `num_bins`, by the joined FarmHash of all.
///
/// Input: two or more of strings or whole numbers (B) or (B, 1). Output: as ``CategoryEncoder``
/// tells.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/>
struct HashedCrossing: Layer {
  static let classNames = ["HashedCrossing"]
  static let elementTypes: [ElementType] = [.int64, .int32, .string]

  /// What the hash begins with: TensorFlow's default key.
  private static let key: UInt64 = 0xDECA_FCAF_FE

  private let encoder: CategoryEncoder

  init(_ reader: inout LayerReader) {
    let bins = reader.int("num_bins", in: 1...Int(Int32.max))
    if reader.bool("sparse", default: false) {
      reader.refuse("sparse", "sparse tensors are not supported")
    }
    encoder = CategoryEncoder(&reader, classes: bins, default: .int)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = call.inputs.first?.shape ?? []
    guard call.inputs.count > 1, call.inputs.allSatisfy({ $0.shape == shape }),
      shape.rank == 1 || shape.rank == 2 && shape[1] == 1
    else {
      let found = call.inputs.map { "\($0.shape)" }.joined(separator: ", ")
      throw LayerError("expected two or more inputs of one shape (B) or (B, 1), found \(found)")
    }
    return [try encoder.outputType(for: shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (types, bins) = (call.inputs.map(\.elementType), UInt64(encoder.classes))
    let count = call.inputs[0].shape.elementCount
    return encoder.step(for: call) { _, buffers, _, classes in
      for item in 0..<count {
        var hash = Self.key
        for (input, type) in types.enumerated() {
          hash = FarmHash.joined(hash, Self.feature(item, buffers, input, type))
        }
        classes[item] = Int64(hash % bins)
      }
    }
  }

  /// A string's fingerprint; a number itself.
  private static func feature(
    _ item: Int, _ buffers: StepBuffers, _ input: Int, _ type: ElementType
  ) -> UInt64 {
    switch type {
    case .string: FarmHash.fingerprint(buffers.input(input, as: TextElement.self)[item].bytes)
    case .int32: UInt64(bitPattern: Int64(buffers.input(input, as: Int32.self)[item]))
    default: UInt64(bitPattern: buffers.input(input, as: Int64.self)[item])
    }
  }
}

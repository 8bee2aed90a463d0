import ModelFormat
import Tensors

/// y = the bucket of x among `num_bins` by its hash, see ``TextHash``; numbers are hashed as the
/// digits of their whole part, and bucket 0 is the `mask_value`'s where there is one.
///
/// Input: strings or numbers (B, …). Output: as ``CategoryEncoder`` tells.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/categorical/hashing/>
struct Hashing: Layer {
  static let classNames = ["Hashing"]
  static let elementTypes = ElementType.allCases

  private let hash: TextHash
  private let mask: JSONValue?
  private let encoder: CategoryEncoder

  init(_ reader: inout LayerReader) {
    hash = TextHash(&reader)
    mask = reader.value("mask_value")
    let bins = reader.int("num_bins", in: 1...Int(Int32.max))
    if reader.bool("sparse", default: false) {
      reader.refuse("sparse", "sparse tensors are not supported")
    }
    encoder = CategoryEncoder(&reader, classes: bins, default: .int)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard call.inputs[0].elementType != .string || mask?.int == nil else {
      throw LayerError("expected numbers as the mask_value is one, found \(call.inputs[0])")
    }
    return [try encoder.outputType(for: shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (type, hash) = (call.inputs[0].elementType, hash)
    let count = call.inputs[0].shape.elementCount
    let isMasked = mask != nil && encoder.classes > 1
    let (bins, first) = isMasked ? (encoder.classes - 1, Int64(1)) : (encoder.classes, 0)
    guard type == .string else {
      let masked = isMasked ? mask?.double : nil
      return encoder.step(for: call) { x, buffers, scratch, classes in
        let numbers = x.values(as: Int64.self, buffers, scratch: scratch)
        let floats = type == .float32 ? buffers.input(0) : nil
        for item in 0..<count {
          let value = floats.map { Double($0[item]) } ?? Double(numbers[item])
          classes[item] =
            value == masked ? 0 : first + hash.bucket(of: numbers[item], among: bins)
        }
      }
    }
    let masked = Vocabulary(isMasked ? mask?.string.map { [$0] } ?? [] : [])
    return encoder.step(for: call) { _, buffers, _, classes in
      let texts = buffers.input(0, as: TextElement.self)
      for item in 0..<count {
        let text = texts[item].bytes
        classes[item] =
          masked.place(of: text) != nil ? 0 : first + hash.bucket(of: text, among: bins)
      }
    }
  }
}

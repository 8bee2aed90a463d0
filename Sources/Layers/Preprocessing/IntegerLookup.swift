import ModelFormat
import Tensors

/// y = the place of x in a vocabulary: first, in the mode `int`, that of the `mask_token`, then
/// those of numbers that are not in it (`num_oov_indices`, chosen by the remainder where there are
/// several), then the vocabulary's; with `invert` the number at place x.
///
/// Input: whole numbers (B, …). Output: as ``CategoryEncoder`` tells.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/>
struct IntegerLookup: Layer {
  static let classNames = ["IntegerLookup"]
  static let elementTypes: [ElementType] = [.int64]

  private let tokens: [Int64]
  private let mask: Int64?
  private let unknown: Int64
  private let unknownCount: Int
  private let isInverse: Bool
  private let encoder: CategoryEncoder

  init(_ reader: inout LayerReader) {
    let mode = reader.choice("output_mode", default: CategoryEncoder.Mode.int)
    let computesInFloat = reader.bool("computes_in_float", default: false) && mode != .int
    isInverse = reader.bool("invert", default: false)
    unknownCount = reader.int("num_oov_indices", default: 1, in: 0...LayerReader.largestSize)
    mask = reader.value("mask_token")?.int.map(Int64.init)
    unknown = Int64(reader.value("oov_token")?.int ?? -1)
    if reader.bool("sparse", default: false) { reader.refuse("sparse", "sparse tensors") }
    if reader.value("oov_method") == .string("farmhash"), unknownCount > 1 {
      reader.refuse("oov_method", "places of unknown numbers by their hash")
    }
    for option in ["vocabulary_dtype", "vocabulary_size", "salt"] { _ = reader.value(option) }
    let list = reader.value("vocabulary")?.array?.compactMap(\.int).map(Int64.init)
    if list == nil { reader.reject("vocabulary", "expected a list of whole numbers, found none") }
    let masks = mask == nil || mode != .int ? 0 : 1
    let special =
      [Int64](repeating: mask ?? 0, count: masks) + Array(repeating: unknown, count: unknownCount)
    let given = list ?? []
    tokens = given.starts(with: special) ? Array(given.dropFirst(special.count)) : given
    let size = special.count + tokens.count
    let padded = reader.bool("pad_to_max_tokens", default: false)
    let most = reader.value("max_tokens")?.int
    var encoder = CategoryEncoder(
      mode: mode, classes: padded ? most ?? size : size,
      elementType: computesInFloat || mode == .weighted ? .float32 : .int64)
    if mode == .weighted {
      let weights = (reader.value("idf_weights")?.array ?? []).compactMap(\.double).map {
        Float($0)
      }
      let mean = weights.reduce(0, +) / Float(max(weights.count, 1))
      let missing = max(0, size - weights.count)
      encoder.factors = Array(repeating: mean, count: missing) + weights
      encoder.factors += Array(repeating: 0, count: max(0, encoder.classes - encoder.factors.count))
    } else {
      _ = reader.value("idf_weights")
    }
    self.encoder = encoder
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [try encoder.outputType(for: try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let count = call.inputs[0].shape.elementCount
    let places = Dictionary(
      tokens.enumerated().map { ($1, $0 + firstPlace) }, uniquingKeysWith: { first, _ in first })
    return encoder.step(for: call) { [self] x, buffers, scratch, classes in
      let numbers = x.values(as: Int64.self, buffers, scratch: scratch)
      for index in 0..<count {
        let number = numbers[index]
        if isInverse {
          classes[index] = token(at: number)
        } else if let place = place(of: number, places) {
          classes[index] = place
        } else {
          classes[index] = -1
          buffers.fail("expected numbers of the vocabulary, found \(number)")
        }
      }
    }
  }

  /// The first place that the vocabulary takes.
  private var firstPlace: Int { unknownStart + unknownCount }
  private var unknownStart: Int { mask != nil && encoder.mode == .int ? 1 : 0 }

  private func place(of number: Int64, _ places: [Int64: Int]) -> Int64? {
    // Outside the mode `int` a masked number counts nowhere.
    if number == mask { return encoder.mode == .int ? 0 : .max }
    if let place = places[number] { return Int64(place) }
    switch unknownCount {
    case 0: return nil
    case 1: return Int64(unknownStart)
    default:
      let count = Int64(unknownCount)
      return Int64(unknownStart) + ((number % count) + count) % count
    }
  }

  private func token(at place: Int64) -> Int64 {
    if place == 0, let mask { return mask }
    let index = place.subtractingReportingOverflow(Int64(firstPlace))
    guard !index.overflow, (0..<Int64(tokens.count)).contains(index.partialValue) else {
      return unknown
    }
    return tokens[Int(index.partialValue)]
  }
}

import ModelFormat
import Tensors

/// y = the place of x in a vocabulary, as ``LookupLayout`` tells; with `invert` the number at
/// place x.
///
/// Numbers that are not in the vocabulary have their place by their remainder where there are
/// several for them, or by their hash.
///
/// Input: whole numbers (B, …). Output: as ``CategoryEncoder`` tells.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/>
struct IntegerLookup: Layer {
  static let classNames = ["IntegerLookup"]
  static let elementTypes: [ElementType] = [.int64]

  private let layout: LookupLayout<Int64>
  /// How unknown numbers share several places; nil where their remainders tell.
  private let hash: TextHash?

  init(_ reader: inout LayerReader) {
    layout = LookupLayout(&reader, unknown: -1) { $0.int.map(Int64.init) }
    _ = reader.value("vocabulary_dtype")
    let hash = TextHash(&reader)
    self.hash = reader.value("oov_method") == .string("farmhash") ? hash : nil
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [try layout.encoder.outputType(for: try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let count = call.inputs[0].shape.elementCount
    let places = Dictionary(
      layout.tokens.enumerated().map { ($1, $0 + layout.firstPlace) },
      uniquingKeysWith: { first, _ in first })
    return layout.encoder.step(for: call) { [self] x, buffers, scratch, classes in
      let numbers = x.values(as: Int64.self, buffers, scratch: scratch)
      for index in 0..<count {
        let number = numbers[index]
        if layout.isInverse {
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

  private func place(of number: Int64, _ places: [Int64: Int]) -> Int64? {
    if number == layout.mask { return layout.maskClass }
    if let place = places[number] { return Int64(place) }
    switch (layout.unknownCount, hash) {
    case (0, _): return nil
    case (1, _): return Int64(layout.unknownStart)
    case (let count, let hash?):
      return Int64(layout.unknownStart) + hash.bucket(of: number, among: count)
    case (let count, nil):
      let divisor = Int64(count)
      return Int64(layout.unknownStart) + ((number % divisor) + divisor) % divisor
    }
  }

  private func token(at place: Int64) -> Int64 {
    if place == 0, let mask = layout.mask { return mask }
    return layout.index(ofPlace: place).map { layout.tokens[$0] } ?? layout.unknown
  }
}

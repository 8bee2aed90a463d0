import ModelFormat
import Tensors

/// The places of a lookup layer's items, and what becomes of them.
///
/// In the mode `int` the `mask_token` has place 0, in others it counts nowhere. Next are
/// `num_oov_indices` places of items that are not in the vocabulary, and then the vocabulary's.
struct LookupLayout<Token: Hashable & Sendable>: Sendable {
  /// The vocabulary without the special tokens that it may begin with.
  let tokens: [Token]
  let mask: Token?
  /// What an inverse lookup gives for all other places.
  let unknown: Token
  let unknownCount: Int
  let isInverse: Bool
  let encoder: CategoryEncoder

  /// Reads the options, whose defaults are the given special tokens; `read` reads one token.
  init(
    _ reader: inout LayerReader, mask defaultMask: Token? = nil, unknown defaultUnknown: Token,
    _ read: (JSONValue) -> Token?
  ) {
    let mode = reader.choice("output_mode", default: CategoryEncoder.Mode.int)
    let computesInFloat = reader.bool("computes_in_float", default: false) && mode != .int
    isInverse = reader.bool("invert", default: false)
    unknownCount = reader.int("num_oov_indices", default: 1, in: 0...LayerReader.largestSize)
    mask = reader.value("mask_token").flatMap(read) ?? defaultMask
    unknown = reader.value("oov_token").flatMap(read) ?? defaultUnknown
    if reader.bool("sparse", default: false) {
      reader.refuse("sparse", "sparse tensors are not supported")
    }
    _ = reader.value("vocabulary_size")
    let vocabulary = reader.value("vocabulary")
    let list = vocabulary?.array?.compactMap(read)
    if let vocabulary, list == nil {
      reader.reject("vocabulary", Self.fault(vocabulary))
    } else if list == nil {
      reader.refuse(
        "vocabulary",
        "what the layer has learned is not in this file, but in .keras archives and SavedModels "
          + "alone; in Python, save the model as .keras")
    }
    let special =
      (mode == .int ? mask.map { [$0] } ?? [] : []) + Array(repeating: unknown, count: unknownCount)
    let given = list ?? []
    tokens = given.starts(with: special) ? Array(given.dropFirst(special.count)) : given
    var known: Set<AnyHashable> = []
    let key = { (token: Token) -> AnyHashable in
      (token as? String).map { AnyHashable(ByteString(text: $0)) } ?? AnyHashable(token)
    }
    if let token = tokens.first(where: { !known.insert(key($0)).inserted }) {
      reader.reject("vocabulary", "expected every token once, found \"\(token)\" again")
    }
    let size = special.count + tokens.count
    let padded = reader.bool("pad_to_max_tokens", default: false)
    let most = reader.value("max_tokens")?.int
    var encoder = CategoryEncoder(
      mode: mode, classes: padded ? max(most ?? size, size) : size,
      elementType: computesInFloat || mode == .weighted ? .float32 : .int64)
    encoder.factors = Self.factors(&reader, mode, size: size, isLearned: list != nil)
    encoder.factors += Array(repeating: 0, count: max(0, encoder.classes - encoder.factors.count))
    self.encoder = encoder
  }

  /// Why what the file has in the vocabulary's place is none.
  private static func fault(_ vocabulary: JSONValue) -> String {
    vocabulary.string == nil
      ? "expected a list, found \(vocabulary)"
      : "expected a list, found the name of another file, \(vocabulary), which is not opened"
  }

  /// Each class's factor in the mode `tf_idf`: their mean for the special tokens that have none.
  private static func factors(
    _ reader: inout LayerReader, _ mode: CategoryEncoder.Mode, size: Int, isLearned: Bool
  ) -> [Float] {
    let list = reader.value("idf_weights")?.array?.compactMap(\.double).map { Float($0) }
    guard mode == .weighted else { return [] }
    let learned = list == nil && isLearned ? reader.weight("idf_weights", [nil]) : nil
    let weights = list ?? learned?.elements(as: Float.self) ?? []
    let mean = weights.reduce(0, +) / Float(max(weights.count, 1))
    return Array(repeating: mean, count: max(0, size - weights.count)) + weights
  }

  /// The first place of items that are not in the vocabulary.
  var unknownStart: Int { mask != nil && encoder.mode == .int ? 1 : 0 }
  /// The first place of the vocabulary.
  var firstPlace: Int { unknownStart + unknownCount }
  /// The mask's class: one that counts nowhere in modes other than `int`.
  var maskClass: Int64 { encoder.mode == .int ? 0 : .max }

  /// Where in the vocabulary a place is; nil for the mask's, unknown items' and all others.
  func index(ofPlace place: Int64) -> Int? {
    let index = place.subtractingReportingOverflow(Int64(firstPlace))
    return !index.overflow && (0..<Int64(tokens.count)).contains(index.partialValue)
      ? Int(index.partialValue) : nil
  }
}

/// A string that equals no other than one of the same bytes; to Swift, others may be equal.
private struct ByteString: Hashable {
  let text: String

  static func == (a: ByteString, b: ByteString) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

import Tensors

/// The classes of strings: their places in a vocabulary.
struct StringIndex: Sendable {
  let layout: LookupLayout<String>
  private let hash: TextHash
  private let vocabulary: Vocabulary
  /// The mask, then what stands for unknown strings.
  private let special: Vocabulary

  init(_ layout: LookupLayout<String>, _ hash: TextHash) {
    self.layout = layout
    self.hash = hash
    vocabulary = Vocabulary(layout.tokens)
    special = Vocabulary([layout.mask ?? "", layout.unknown])
  }

  /// The class of a string; nil where it is not in the vocabulary and there is no place for such.
  func place(of bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if layout.mask != nil, special.token(at: 0).equals(bytes) { return layout.maskClass }
    if let place = vocabulary.place(of: bytes) { return Int64(layout.firstPlace + place) }
    switch layout.unknownCount {
    case 0: return nil
    case 1: return Int64(layout.unknownStart)
    case let count: return Int64(layout.unknownStart) + hash.bucket(of: bytes, among: count)
    }
  }

  /// The string at a place, whose bytes live as long as the index.
  func token(at place: Int64) -> TextElement {
    if place == 0, layout.mask != nil { return special.token(at: 0) }
    return layout.index(ofPlace: place).map { vocabulary.token(at: $0) } ?? special.token(at: 1)
  }
}

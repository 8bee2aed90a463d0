import ModelFormat
import Tensors

/// Makes tokens of strings: the options `standardize`, `split` and `ngrams` of `TextVectorization`.
///
/// Letters and punctuation are ASCII's: all other bytes stay as they are.
struct TextSplitter: Sendable {
  private enum Standard: String, CaseIterable {
    case lower
    case stripPunctuation = "strip_punctuation"
    case both = "lower_and_strip_punctuation"
  }

  private enum Split: String, CaseIterable {
    case whitespace
    case character
  }

  private let lowers: Bool
  private let strips: Bool
  private let split: Split?
  /// The numbers of tokens that are joined into one; nil where tokens stay as they are.
  private let widths: [Int]?

  init(_ reader: inout LayerReader) {
    let isPlain = reader.isNull("standardize")
    let standard = reader.choice("standardize", default: Standard.both)
    lowers = !isPlain && standard != .stripPunctuation
    strips = !isPlain && standard != .lower
    let isWhole = reader.isNull("split")
    let split = reader.choice("split", default: Split.whitespace)
    self.split = isWhole ? nil : split
    guard let ngrams = reader.value("ngrams") else {
      widths = nil
      return
    }
    let sizes = (ngrams.array ?? [ngrams]).compactMap(\.int).filter { (1...64).contains($0) }
    if sizes.isEmpty || sizes.count != ngrams.array?.count ?? 1 {
      reader.refuse("ngrams", "expected whole numbers from 1...64, found \(ngrams)")
    }
    widths = ngrams.array == nil ? Array(1...(sizes.first ?? 1)) : sizes
  }

  /// Whether each string is one token.
  var keepsWhole: Bool { split == nil }

  /// Whether tokens are joined to longer ones.
  var joinsTokens: Bool { widths != nil }

  /// The number of tokens that `count` whole strings give.
  func tokenCount(ofWhole count: Int) -> Int {
    widths.map { $0.reduce(0) { $0 + max(0, count - $1 + 1) } } ?? count
  }

  /// Calls `body` with the bytes of each token of some strings, which make one text.
  func forEachToken(
    of texts: UnsafeBufferPointer<TextElement>, _ memory: inout Memory,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    memory.bytes.removeAll(keepingCapacity: true)
    memory.tokens.removeAll(keepingCapacity: true)
    for text in texts {
      let start = memory.bytes.count
      standardize(text.bytes, into: &memory.bytes)
      switch split {
      case nil: memory.tokens.append(start..<memory.bytes.count)
      case .whitespace: Self.splitAtSpaces(start, &memory)
      case .character: Self.splitCharacters(start, &memory)
      }
    }
    guard let widths else {
      memory.bytes.withUnsafeBufferPointer { bytes in
        for token in memory.tokens { body(UnsafeBufferPointer(rebasing: bytes[token])) }
      }
      return
    }
    for width in widths where width <= memory.tokens.count {
      for first in 0...(memory.tokens.count - width) {
        memory.joined.removeAll(keepingCapacity: true)
        for index in first..<(first + width) {
          if index > first { memory.joined.append(UInt8(ascii: " ")) }
          memory.joined += memory.bytes[memory.tokens[index]]
        }
        memory.joined.withUnsafeBufferPointer(body)
      }
    }
  }

  /// What the tokens of one text are made in.
  struct Memory {
    fileprivate var bytes: [UInt8] = []
    fileprivate var tokens: [Range<Int>] = []
    fileprivate var joined: [UInt8] = []
  }
}

extension TextSplitter {
  private func standardize(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
    guard lowers || strips else {
      bytes += text
      return
    }
    for byte in text {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(lowers ? byte | 0x20 : byte)
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: if !strips { bytes.append(byte) }
      default: bytes.append(byte)
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  private static func splitAtSpaces(_ start: Int, _ memory: inout Memory) {
    var first: Int?
    for index in start..<memory.bytes.count {
      if isSpace(memory.bytes[index]) {
        if let first { memory.tokens.append(first..<index) }
        first = nil
      } else if first == nil {
        first = index
      }
    }
    if let first { memory.tokens.append(first..<memory.bytes.count) }
  }

  /// One token for each code point; bytes that are no UTF-8 become U+FFFD.
  private static func splitCharacters(_ start: Int, _ memory: inout Memory) {
    let text = String(decoding: memory.bytes[start...], as: UTF8.self)
    memory.bytes.removeSubrange(start...)
    for point in text.unicodeScalars {
      let first = memory.bytes.count
      memory.bytes += UTF8.encode(point).map { Array($0) } ?? []
      memory.tokens.append(first..<memory.bytes.count)
    }
  }
}

import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Strings, each found by its place and by its bytes.
struct Vocabulary: Sendable {
  private let tokens: Tensor
  /// Places by hash, -1 where there is none; each place is at its hash or behind it.
  private let table: [Int32]

  /// A vocabulary of different strings; of equal ones the first is found.
  init(_ strings: [String]) {
    tokens = Tensor([strings.count], strings)
    var size = 16
    while size < 2 * strings.count { size *= 2 }
    var table = [Int32](repeating: -1, count: size)
    tokens.withElements(as: TextElement.self) { tokens in
      for (place, token) in tokens.enumerated() {
        var slot = Int(truncatingIfNeeded: FarmHash.fingerprint(token.bytes)) & (size - 1)
        while table[slot] >= 0 { slot = (slot + 1) & (size - 1) }
        table[slot] = Int32(place)
      }
    }
    self.table = table
  }

  /// The number of strings.
  var count: Int { tokens.shape.elementCount }

  /// The string at a place, whose bytes live as long as the vocabulary.
  func token(at place: Int) -> TextElement {
    tokens.withElements(as: TextElement.self) { $0[place] }
  }

  /// The place of a string; nil where it is none of these.
  func place(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    tokens.withElements(as: TextElement.self) { tokens in
      var slot = Int(truncatingIfNeeded: FarmHash.fingerprint(bytes)) & (table.count - 1)
      while table[slot] >= 0 {
        if tokens[Int(table[slot])].equals(bytes) { return Int(table[slot]) }
        slot = (slot + 1) & (table.count - 1)
      }
      return nil
    }
  }
}

extension TextElement {
  /// Whether these are the bytes.
  func equals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == bytes.count else { return false }
    guard let start, let other = bytes.baseAddress else { return true }
    return memcmp(start, other, count) == 0
  }
}

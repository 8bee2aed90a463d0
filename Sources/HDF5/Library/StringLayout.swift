import CHDF5

/// How a file keeps its strings, and how they become Swift's.
///
/// Bytes that are not UTF-8 are repaired: a name in an old encoding must not make its whole file unreadable.
enum StringLayout {
  enum Padding {
    /// Ends at the first null byte, or where the element ends.
    case terminator
    /// Filled with null bytes.
    case nulls
    /// Filled with spaces.
    case spaces
  }

  /// Pointers to C strings.
  case variable(utf8: Bool)
  /// Elements of the same size each.
  case fixed(size: Int, Padding)

  /// The bytes of one element in memory.
  var stride: Int {
    switch self {
    case .variable: MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
    case .fixed(let size, _): size
    }
  }

  /// The strings that `buffer` holds.
  func decode(_ buffer: UnsafeRawBufferPointer) -> [String] {
    switch self {
    case .variable:
      return buffer.bindMemory(to: UnsafePointer<CChar>?.self).map { text in
        text.map { String(cString: $0) } ?? ""
      }
    case .fixed(let size, let padding):
      return (0..<buffer.count / size).map { position in
        Self.decode(buffer[position * size..<(position + 1) * size], padding)
      }
    }
  }

  private static func decode(
    _ element: Slice<UnsafeRawBufferPointer>, _ padding: Padding
  ) -> String {
    switch padding {
    case .terminator: return String(decoding: element.prefix { $0 != 0 }, as: UTF8.self)
    case .nulls: return trimmed(element, of: 0)
    case .spaces: return trimmed(element, of: UInt8(ascii: " "))
    }
  }

  private static func trimmed(_ element: Slice<UnsafeRawBufferPointer>, of filler: UInt8) -> String
  {
    let end = element.lastIndex { $0 != filler }.map { $0 + 1 } ?? element.startIndex
    return String(decoding: element[..<end], as: UTF8.self)
  }
}

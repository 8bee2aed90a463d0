/// How a tree travels from the child process to its parent.
///
/// One file holds, in this order:
///
/// 1. the bytes of every numeric dataset, each at a multiple of 64;
/// 2. the description: groups, attributes, strings, errors, and where the bytes lie;
/// 3. the footer of 24 bytes: the magic number, the description's position and its length.
///
/// Nothing follows the footer. Parent and child are the same program, so that there is one version.
enum DumpFormat {
  static let magic: UInt64 = 0x3146_4448_4B41_524B
  static let footerSize = 24
  static let alignment = 64

  /// What an entry or the whole answer is.
  enum EntryTag: UInt8 {
    case group = 1
    case numbers = 2
    case strings = 3
    case unavailable = 4
  }

  /// What the elements of an attribute are.
  enum ValuesTag: UInt8 {
    case strings = 1
    case integers = 2
    case floats = 3
    case bools = 4
    case unavailable = 5
  }
}

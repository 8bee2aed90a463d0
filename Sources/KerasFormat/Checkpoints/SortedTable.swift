/// The entries of a sorted table, in which TensorFlow keeps a checkpoint's index: blocks of keys and
/// values, a block that lists those, and a footer that tells where that is.
///
/// Format: LevelDB's `doc/table_format.md`; TensorFlow: `tensorflow/core/lib/io/table.h`.
struct SortedTable {
  /// What is wrong with a table.
  enum Damage: Error {
    /// The file does not end as a table does.
    case noFooter
    /// A block does not hold what it should, or not what its checksum was made of.
    case block
    /// A block is compressed, which TensorFlow's own never are.
    case compressed
  }

  /// The last eight bytes of every table.
  static let magic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
  private static let footerSize = 48
  /// Type and checksum behind each block.
  private static let trailerSize = 5
  /// Keys are stored without what they share with the one before; no table shares more than this.
  private static let growth = 64

  /// Keys with their values, in the table's order.
  private(set) var entries: [(key: String, value: [UInt8])] = []
  private let file: [UInt8]
  private var keyBytes = 0

  /// The table that a file is.
  init(_ file: [UInt8]) throws(Damage) {
    self.file = file
    var footer = file.suffix(Self.footerSize)
    guard footer.count == Self.footerSize, footer.ends(with: Self.magic) else { throw .noFooter }
    guard handle(&footer) != nil, let list = handle(&footer) else { throw .block }
    for (_, value) in try block(list) {
      var value = value[...]
      guard let data = handle(&value) else { throw .block }
      for (key, value) in try block(data) {
        entries.append((String(decoding: key, as: UTF8.self), value))
      }
    }
  }

  /// Where a block lies: its first byte and its size.
  private func handle(_ bytes: inout ArraySlice<UInt8>) -> Range<Int>? {
    guard let start = bytes.popVarint(), let size = bytes.popVarint(),
      start <= file.count, size <= file.count - Int(start)
    else { return nil }
    return Int(start)..<Int(start + size)
  }

  private mutating func block(
    _ place: Range<Int>
  ) throws(Damage) -> [(key: [UInt8], value: [UInt8])] {
    guard place.upperBound + Self.trailerSize <= file.count else { throw .block }
    let checksum = file[(place.upperBound + 1)...].prefix(4).reversed()
      .reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    guard CRC32C.masked(file[place.lowerBound...place.upperBound]) == checksum else {
      throw .block
    }
    guard file[place.upperBound] == 0 else { throw .compressed }
    var rest = try entries(of: file[place])
    var (found, key) = ([(key: [UInt8], value: [UInt8])](), [UInt8]())
    while !rest.isEmpty {
      guard let shared = rest.popVarint(), let own = rest.popVarint(),
        let size = rest.popVarint(), shared <= key.count, own <= rest.count
      else { throw .block }
      key.removeLast(key.count - Int(shared))
      key += rest.prefix(Int(own))
      rest.removeFirst(Int(own))
      keyBytes += key.count
      guard size <= rest.count, keyBytes <= Self.growth * file.count else { throw .block }
      found.append((key, Array(rest.prefix(Int(size)))))
      rest.removeFirst(Int(size))
    }
    return found
  }

  /// A block without the list of places at which keys are whole.
  private func entries(of block: ArraySlice<UInt8>) throws(Damage) -> ArraySlice<UInt8> {
    guard block.count >= 4 else { throw .block }
    let places = block.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard places <= block.count / 4 - 1 else { throw .block }
    return block.dropLast(4 * places + 4)
  }
}

extension ArraySlice<UInt8> {
  fileprivate func ends(with bytes: [UInt8]) -> Bool { Array(suffix(bytes.count)) == bytes }
}

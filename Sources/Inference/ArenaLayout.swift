/// Places blocks of memory in one arena so that blocks whose lives overlap never do.
///
/// A block lives from one step to another. Large blocks are placed first, each at the lowest offset
/// where it fits beside the blocks placed before it that live at the same time.
struct ArenaLayout {
  private struct Block {
    var byteCount: Int
    var first: Int
    var last: Int
    var offset = 0
  }

  private var blocks: [Block] = []
  /// The bytes of the whole arena.
  private(set) var byteCount = 0

  /// Adds a block that lives during step `first`, and longer if ``keep(_:until:)`` says so.
  mutating func addBlock(_ byteCount: Int, from first: Int) -> Int {
    blocks.append(Block(byteCount: max((byteCount + 63) & ~63, 64), first: first, last: first))
    return blocks.count - 1
  }

  /// Lets a block live at least until the given step.
  mutating func keep(_ block: Int, until step: Int) {
    blocks[block].last = max(blocks[block].last, step)
  }

  func offset(of block: Int) -> Int { blocks[block].offset }

  mutating func assignOffsets() {
    let order = blocks.indices.sorted { blocks[$0].byteCount > blocks[$1].byteCount }
    var placed: [Int] = []
    for index in order {
      let block = blocks[index]
      var offset = 0
      for other in placed.map({ blocks[$0] })
      where other.first <= block.last && block.first <= other.last {
        if offset + block.byteCount <= other.offset { break }
        offset = max(offset, other.offset + other.byteCount)
      }
      blocks[index].offset = offset
      let position = placed.firstIndex { blocks[$0].offset > offset } ?? placed.count
      placed.insert(index, at: position)
      byteCount = max(byteCount, offset + block.byteCount)
    }
  }
}

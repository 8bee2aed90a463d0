import Testing

@testable import Inference

@Suite("An arena's layout")
struct ArenaLayoutTests {
  @Test func letsBlocksThatNeverMeetShareMemory() {
    var layout = ArenaLayout()
    let first = layout.addBlock(1000, from: 0)
    layout.keep(first, until: 1)
    let second = layout.addBlock(1000, from: 1)
    layout.keep(second, until: 2)
    let third = layout.addBlock(1000, from: 2)
    layout.assignOffsets()
    #expect(layout.offset(of: first) == layout.offset(of: third))
    #expect(layout.offset(of: first) != layout.offset(of: second))
    #expect(layout.byteCount == 2048)
  }

  @Test func neverOverlapsBlocksThatLiveAtTheSameTime() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      var layout = ArenaLayout()
      let blocks = (0..<40).map { _ in
        let first = Int.random(in: 0..<30, using: &generator)
        let last = first + Int.random(in: 0..<6, using: &generator)
        let bytes = Int.random(in: 1...5000, using: &generator)
        let block = layout.addBlock(bytes, from: first)
        layout.keep(block, until: last)
        return (block: block, bytes: bytes, first: first, last: last)
      }
      layout.assignOffsets()
      for a in blocks {
        #expect(layout.offset(of: a.block) % 64 == 0)
        #expect(layout.offset(of: a.block) + a.bytes <= layout.byteCount)
        for b in blocks where b.block != a.block && a.first <= b.last && b.first <= a.last {
          let (startA, startB) = (layout.offset(of: a.block), layout.offset(of: b.block))
          #expect(startA + a.bytes <= startB || startB + b.bytes <= startA)
        }
      }
    }
  }
}

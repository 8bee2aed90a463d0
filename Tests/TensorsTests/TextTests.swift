import Tensors
import Testing

@Suite struct TextTests {
  private let words = Tensor([2, 2], ["", "naïve", "日本", "a\0b"])

  @Test func stringsAreKept() {
    #expect(words.type == TensorType([2, 2], .string))
    #expect(words.strings == ["", "naïve", "日本", "a\0b"])
    #expect(Tensor(zeros: TensorType([3], .string)).strings == ["", "", ""])
  }

  @Test func itemsShareTheStrings() {
    let row = words.items(1..<2)
    #expect(row.shape == [1, 2])
    #expect(row.strings == ["日本", "a\0b"])
    #expect(row.reshaped(to: [2]).strings == ["日本", "a\0b"])
  }

  @Test func joinedAndCopiedStringsOutliveTheirSources() throws {
    var joined: Tensor?
    var copied: Tensor?
    do {
      let source = Tensor([2], [String(repeating: "x", count: 100), "y"])
      joined = Tensor(joining: [source, source.items(0..<1)])
      copied = source.withBytes { bytes in
        bytes.baseAddress.map { Tensor(copying: $0, source.type) }
      }
    }
    #expect(try #require(joined).strings.map(\.count) == [100, 1, 100])
    #expect(try #require(copied).strings.map(\.count) == [100, 1])
  }

  @Test func rowsOfBytesGiveTheStringsBack() throws {
    let bytes = words.stringBytes
    #expect(bytes.type == TensorType([2, 2, 6], .uint8))
    #expect(try #require(Tensor(stringBytes: bytes)).strings == words.strings)
    #expect(Tensor(stringBytes: Tensor([1], [Float(1)])) == nil)
    #expect(Tensor([0], [String]()).stringBytes.shape == [0, 1])
  }

  @Test func stringsAreCloseWhereTheyAreEqual() throws {
    #expect(try Closeness(of: words, to: words).isClose)
    let others = Tensor([2, 2], ["", "naive", "日本", "a"])
    let closeness = try Closeness(of: others, to: words)
    #expect(closeness.countBeyond == 2)
    #expect(closeness.worstIndex == [0, 1])
    #expect(throws: ClosenessError.elements(expected: .string, found: .float32)) {
      try Closeness(of: Tensor([2, 2], [1, 2, 3, 4] as [Float]), to: words)
    }
  }
}

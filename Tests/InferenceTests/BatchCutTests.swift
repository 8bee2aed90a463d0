import Testing

@testable import Inference

@Suite("A batch")
struct BatchCutTests {
  @Test(arguments: [1, 2, 3, 4, 7], [1, 2, 5, 100])
  func isCutIntoPiecesThatCoverItOnce(threads: Int, largest: Int) {
    for batch in 1...70 {
      let cut = BatchCut(batch: batch, largest: largest, threads: threads)
      #expect((cut.pieces + [cut.rest]).flatMap { $0 } == Array(0..<batch))
      #expect(cut.pieces.count % threads == 0)
      #expect(cut.rest.count < threads)
      let sizes = cut.pieces.map(\.count)
      #expect(sizes.allSatisfy { (1...largest).contains($0) })
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func isCutOnlyAsOftenAsItsPiecesAskFor() {
    #expect(BatchCut(batch: 32, largest: 100, threads: 2).pieces == [0..<16, 16..<32])
    #expect(BatchCut(batch: 32, largest: 8, threads: 1).pieces.map(\.count) == [8, 8, 8, 8])
    #expect(BatchCut(batch: 3, largest: 1, threads: 2).rest == 2..<3)
    #expect(BatchCut(batch: 1, largest: 1, threads: 2).pieces.isEmpty)
  }

  @Test func ofAnySizeIsCut() {
    for largest in [1 << 60, 1 << 61] {
      let cut = BatchCut(batch: 1 << 62, largest: largest, threads: 2)
      #expect(cut.pieces.map(\.count).reduce(0, +) + cut.rest.count == 1 << 62)
      #expect(zip(cut.pieces, cut.pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }
  }
}

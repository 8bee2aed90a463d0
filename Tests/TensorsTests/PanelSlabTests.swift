import Testing

@testable import Tensors

struct PanelSlabTests {
  /// Storage whose bytes all are `byte`.
  private func filled(_ byteCount: Int, with byte: UInt8) -> TensorStorage {
    let storage = PanelSlab.storage(byteCount: byteCount)
    storage.bytes.initializeMemory(as: UInt8.self, repeating: byte)
    return storage
  }

  @Test("pieces lie apart on lines of a cache, in one slab or several, the largest by themselves")
  func apart() {
    let sizes = [0, 1, 64, 65, 4096, 1_000_000, 2_097_151, 2_097_152, 5_000_000]
    let counts = sizes + Array(repeating: 1_900_001, count: 40) + sizes
    let pieces = counts.enumerated().map { filled($1, with: UInt8($0)) }
    for (index, (piece, count)) in zip(pieces, counts).enumerated() {
      #expect(piece.bytes.count == count)
      #expect(UInt(bitPattern: piece.bytes.baseAddress) % 64 == 0)
      #expect(piece.bytes.allSatisfy { $0 == UInt8(index) })
    }
  }

  @Test("a piece stays as it is when all others of its slab are gone")
  func kept() {
    var others = (0..<30).map { filled(1_500_000, with: UInt8($0)) }
    let piece = filled(100_000, with: 77)
    others = []
    let later = (0..<30).map { filled(1_500_000, with: UInt8($0)) }
    #expect(piece.bytes.allSatisfy { $0 == 77 })
    #expect(others.isEmpty && later.count == 30)
  }
}

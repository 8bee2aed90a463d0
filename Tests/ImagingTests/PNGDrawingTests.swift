import Testing

@testable import Imaging

@Suite("Drawings' PNGs")
struct PNGDrawingTests {
  /// Strokes of noise on a plain ground, some of which touch the border.
  private func drawing(_ width: Int, _ height: Int, _ color: PNGBuilder.Color) -> PNGBuilder {
    let strokes = (0..<4).map { _ in (x: Int.random(in: -5..<width), y: Int.random(in: 0..<height))
    }
    let ground = Bool.random() ? 0 : Int.random(in: 0...255)
    let noise = (0..<height).map { y in
      (0..<width * 4).map { place in
        strokes.contains { ($0.x..<$0.x + 9).contains(place / 4) && abs($0.y - y) < 6 }
          ? Int.random(in: 0...255) : ground
      }
    }
    var builder = PNGBuilder(width: width, height: height, color: color, depth: 8) {
      noise[$1][$0 * 4 + $2]
    }
    builder.isCompressed = true
    return builder
  }

  private func open(_ builder: PNGBuilder, _ data: [UInt8]) -> PNGDrawing? {
    let rows = PNGRows(
      width: builder.width, height: builder.height, channels: builder.color.channels)
    return data.withUnsafeBytes { PNGDrawing(rows, inflating: $0) }
  }

  private func expected(_ builder: PNGBuilder) throws -> Image {
    try builder.file.withUnsafeBytes {
      try PNG.decodeByLibrary($0, width: builder.width, height: builder.height)
    }
  }

  @Test(
    "are read without their colours as with them",
    arguments: [PNGBuilder.Color.greyAlpha, .rgba],
    [[0], [1], [2], [0, 1, 2], [2, 1], [2, 2, 0], [3, 1], [4, 4, 4, 4, 2]])
  func alpha(color: PNGBuilder.Color, filters: [Int]) throws {
    for (width, height) in [(1, 1), (3, 9), (61, 40), (400, 90), (1300, 210)] {
      var builder = drawing(width, height, color)
      builder.filter = { filters[$0 % filters.count] }
      let expected = try expected(builder)
      let drawing = try #require(open(builder, builder.data))
      let isPlain = (0..<height).allSatisfy { builder.filter($0) < 3 }
      #expect(drawing.hasPlainAlpha == isPlain)
      #expect(!isPlain || drawing.alpha == expected.alpha)
      #expect(drawing.pixels == expected.pixels)
      let image = try Image(decoding: builder.file)
      #expect(image == expected && image.alpha == expected.alpha)
      #expect(DigitPreparation.prepare(image) == DigitPreparation.prepare(expected))
    }
  }

  @Test("are known by how short they are")
  func likely() throws {
    func isLikely(_ builder: PNGBuilder) -> Bool {
      let rows = PNGRows(
        width: builder.width, height: builder.height, channels: builder.color.channels)
      return builder.data.withUnsafeBytes { PNGDrawing.isLikely(rows, $0) }
    }
    var builder = drawing(400, 400, .rgba)
    builder.filter = { _ in 2 }
    #expect(isLikely(builder))
    builder.isCompressed = false
    #expect(!isLikely(builder))
    builder = drawing(400, 400, .rgb)
    builder.filter = { _ in 2 }
    #expect(!isLikely(builder))
  }

  @Test("are refused where they are damaged, cut, longer or shorter, and leave no trace")
  func damaged() throws {
    var builder = drawing(300, 90, .rgba)
    builder.filter = { $0 % 3 }
    let (data, expected) = (builder.data, try expected(builder))
    for count in [0, 1, 2, 6, data.count / 2, data.count - 1] {
      #expect(open(builder, Array(data.prefix(count))) == nil)
    }
    var acceptedCount = 0
    for place in data.indices {
      for bit in [place % 8, (place + 5) % 8] {
        var damaged = data
        damaged[place] ^= 1 << UInt8(bit)
        guard let found = open(builder, damaged) else { continue }
        // Some bits of the two bytes in front, and those behind the last symbol, mean nothing, and
        // another distance may lead to the same bytes.
        #expect(found.pixels == expected.pixels, "byte \(place), bit \(bit)")
        acceptedCount += 1
      }
    }
    #expect(acceptedCount * 20 < data.count)
    for height in [89, 91] {
      var other = builder
      other.height = height
      #expect(open(other, data) == nil)
    }
    #expect(open(builder, data)?.alpha == expected.alpha)
    builder.filter = { $0 == 70 ? 5 : 2 }
    #expect(throws: ImageError.self) { try Image(decoding: builder.file) }
  }
}

import Testing

@testable import Imaging

/// One kind of PNG file.
struct PNGKind: Sendable, CustomTestStringConvertible {
  let color: PNGBuilder.Color
  let depth: Int
  let interlaced: Bool

  var testDescription: String {
    "\(color), \(depth) bits\(interlaced ? ", interlaced" : "")"
  }

  static let all = PNGBuilder.Color.allCases.flatMap { color in
    color.depths.flatMap { depth in
      [false, true].map { PNGKind(color: color, depth: depth, interlaced: $0) }
    }
  }
}

@Suite("PNG decoding")
struct PNGTests {
  static let palette = (0..<256).flatMap { [UInt8($0), UInt8(255 - $0), UInt8($0 / 2)] }

  @Test("reads every colour type and depth, interlaced or not", arguments: PNGKind.all)
  func everyKind(kind: PNGKind) throws {
    let (width, height) = (13, 11)
    let most = 1 << kind.depth - 1
    func sample(_ x: Int, _ y: Int, _ channel: Int) -> Int {
      (x * 31 + y * 17 + channel * 101) * (kind.depth == 16 ? 251 : 1) & most
    }
    var builder = PNGBuilder(
      width: width, height: height, color: kind.color, depth: kind.depth,
      interlaced: kind.interlaced, sample: sample)
    if kind.color == .palette {
      builder.extra = [("PLTE", Array(Self.palette.prefix(3 << kind.depth)))]
    }
    let image = try Image(decoding: builder.file)
    try #require(image.width == width && image.height == height)
    for y in 0..<height {
      for x in 0..<width {
        let found = Array(image.pixels[((y * width + x) * 4)...].prefix(4))
        let expected = expectedPixel(kind) { sample(x, y, $0) }
        #expect(found == expected, "at (\(x), \(y))")
      }
    }
  }

  private func expectedPixel(_ kind: PNGKind, _ sample: (Int) -> Int) -> [UInt8] {
    let most = 1 << kind.depth - 1
    func byte(_ channel: Int) -> UInt8 { UInt8((sample(channel) * 255 + most / 2) / most) }
    switch kind.color {
    case .grey: return [byte(0), byte(0), byte(0), 255]
    case .rgb: return [byte(0), byte(1), byte(2), 255]
    case .palette: return Array(Self.palette[(sample(0) * 3)...].prefix(3)) + [255]
    case .greyAlpha: return [byte(0), byte(0), byte(0), byte(1)]
    case .rgba: return [byte(0), byte(1), byte(2), byte(3)]
    }
  }

  @Test("makes a transparent colour's pixels transparent")
  func transparentColor() throws {
    var builder = PNGBuilder(width: 2, height: 1, color: .grey, depth: 8) { x, _, _ in x * 90 }
    builder.extra = [("tRNS", [0, 90])]
    #expect(try Image(decoding: builder.file).pixels == [0, 0, 0, 255, 90, 90, 90, 0])
  }

  @Test("takes a palette's transparency")
  func transparentPalette() throws {
    var builder = PNGBuilder(width: 3, height: 1, color: .palette, depth: 8) { x, _, _ in x }
    builder.extra = [("PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("tRNS", [0, 128])]
    #expect(
      try Image(decoding: builder.file).pixels == [1, 2, 3, 0, 4, 5, 6, 128, 7, 8, 9, 255])
  }

  @Test("leaves gamma and profiles alone, as Pillow does")
  func gamma() throws {
    var builder = PNGBuilder(width: 2, height: 1, color: .grey, depth: 8) { x, _, _ in 100 + x }
    builder.extra = [
      ("gAMA", PNGBuilder.bigEndian(100_000)),
      ("iCCP", Array("profile\0\0".utf8) + PNGBuilder.deflateStored([1, 2, 3])),
    ]
    let pixels = try Image(decoding: builder.file).pixels
    #expect(pixels == [100, 100, 100, 255, 101, 101, 101, 255])
  }

  @Test(
    "refuses a size beyond the limits before it decodes", arguments: [(50_000, 50_000), (5000, 1)])
  func bomb(width: Int, height: Int) {
    var builder = PNGBuilder(width: 1, height: 1, color: .grey, depth: 1) { _, _, _ in 0 }
    (builder.width, builder.height) = (width, height)
    let header = Array(
      PNGBuilder(
        width: 1, height: 1, color: .grey, depth: 1, sample: { _, _, _ in 0 }
      ).file.prefix(8))
    let size = PNGBuilder.bigEndian(UInt32(width)) + PNGBuilder.bigEndian(UInt32(height))
    let file = header + PNGBuilder.chunk("IHDR", size + [1, 0, 0, 0, 0])
    #expect {
      try Image(decoding: file)
    } throws: { error in
      "\(error)"
        == "image is \(width)x\(height) pixels, expected at most 4096 a side and 16777216 in all"
    }
  }

  @Test("passes over some data behind the rows, and refuses to inflate them without end")
  func surplus() throws {
    func file(_ count: Int) -> [UInt8] {
      let rows = [0, 7, 0, 9] + [UInt8](repeating: 0, count: count)
      var builder = PNGBuilder(width: 1, height: 2, color: .grey, depth: 8) { _, _, _ in 0 }
      builder.givenData = PNGBuilder.deflateStored(rows)
      return builder.file
    }
    let pixels = try Image(decoding: file(1000)).pixels
    #expect(pixels == [7, 7, 7, 255, 9, 9, 9, 255])
    #expect {
      try Image(decoding: file(200_000))
    } throws: { error in
      "\(error)" == "PNG image cannot be decoded: there is too much behind the last row"
    }
  }

  @Test("refuses a picture without pixels")
  func empty() {
    let header = PNGBuilder.bigEndian(0) + PNGBuilder.bigEndian(4) + [8, 0, 0, 0, 0]
    let file: [UInt8] =
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + PNGBuilder.chunk("IHDR", header)
    #expect { try Image(decoding: file) } throws: { error in
      "\(error)" == "image is 0x4 pixels, expected at least 1x1"
    }
  }

  @Test("refuses a file that is cut anywhere")
  func truncated() {
    let file = PNGBuilder(width: 5, height: 5, color: .rgba, depth: 8) { x, y, _ in x * y }.file
    for length in 0..<file.count - 1 {
      #expect(throws: ImageError.self) { try Image(decoding: Array(file.prefix(length))) }
    }
  }

  @Test("survives every byte changed, and refuses wrong checksums")
  func corrupted() {
    let file = PNGBuilder(width: 4, height: 4, color: .rgb, depth: 8) { x, y, c in x + y + c }.file
    for index in 8..<file.count - 12 {
      var bytes = file
      bytes[index] ^= 0xff
      #expect(throws: ImageError.self, "byte \(index)") { try Image(decoding: bytes) }
    }
  }

  @Test("reads what it writes", arguments: [(28, 28), (1, 1), (300, 7)])
  func roundTrip(width: Int, height: Int) throws {
    let grey = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 3) }
    let file = try PNG.encode(grey: grey, width: width, height: height)
    #expect(try Image(decoding: file) == Image(width: width, height: height, grey: grey))
  }

  @Test(
    "undoes every filter, and reads plain files as libpng does",
    arguments: PNGKind.all.filter { $0.depth == 8 && $0.color != .palette && !$0.interlaced })
  func filters(kind: PNGKind) throws {
    var random = SystemRandomNumberGenerator()
    for (width, height) in [(1, 1), (2, 5), (37, 23)] {
      let noise = (0..<height).map { _ in
        (0..<width * 4).map { _ in
          Int.random(in: 0...255, using: &random) & (Bool.random() ? 255 : 3)
        }
      }
      for first in 0...4 {
        var builder = PNGBuilder(width: width, height: height, color: kind.color, depth: 8) {
          noise[$1][$0 * 4 + $2]
        }
        builder.filter = { ($0 + first) % 5 }
        builder.extra = [("tEXt", Array("Comment\0none".utf8))]
        let file = builder.file
        try file.withUnsafeBytes { bytes in
          let plain = try #require(PlainPNG.decode(bytes.dropFirst(8)))
          let expected = try PNG.decodeByLibrary(bytes, width: width, height: height)
          #expect(plain == expected)
        }
        #expect(try Image(decoding: file).pixels[0] == UInt8(noise[0][0]))
      }
    }
  }

  @Test("leaves what is not plain to libpng, and what is not sound")
  func notPlain() {
    func isPlain(_ file: [UInt8]) -> Bool {
      file.withUnsafeBytes { PlainPNG.decode($0.dropFirst(8)) != nil }
    }
    var builder = PNGBuilder(width: 3, height: 3, color: .rgb, depth: 8) { x, y, _ in x + y }
    let file = builder.file
    #expect(isPlain(file))
    for index in 8..<file.count {
      var damaged = file
      damaged[index] ^= 0x20
      #expect(!isPlain(damaged), "byte \(index)")
    }
    let others: [(String, [UInt8])] = [
      ("tRNS", [0, 1, 0, 1, 0, 1]), ("PLTE", [1, 2, 3]), ("aB1d", []),
    ]
    for extra in others {
      builder.extra = [(name: extra.0, data: extra.1)]
      #expect(!isPlain(builder.file), "\(extra.0)")
    }
    builder.extra = []
    builder.filter = { _ in 5 }
    #expect(!isPlain(builder.file))
    #expect(throws: ImageError.self) { try Image(decoding: builder.file) }
  }
}

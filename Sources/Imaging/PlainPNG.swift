/// Reads the PNG files that browsers and most programs write: eight bits a channel, not interlaced,
/// without a palette.
enum PlainPNG {
  /// The picture in a file, whose signature is left out; nil where the file is of another kind or
  /// anything about it is wrong, which libpng tells.
  static func decode(_ chunks: Slice<UnsafeRawBufferPointer>) -> Image? {
    var rest = UnsafeRawBufferPointer(rebasing: chunks)
    guard let header = PNGChunk(first: &rest), let channels = channels(header),
      let parts = dataParts(rest)
    else { return nil }
    let rows = PNGRows(
      width: header.number(at: 0), height: header.number(at: 4), channels: channels)
    guard parts.count > 1 else { return image(rows, parts[0]) }
    var joined: [UInt8] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { joined.append(contentsOf: part) }
    return joined.withUnsafeBytes { image(rows, $0) }
  }

  /// The picture that rows are in, which are inflated in one piece by libdeflate, many times as fast
  /// as row by row by zlib.
  private static func image(_ rows: PNGRows, _ data: UnsafeRawBufferPointer) -> Image? {
    var pixels: [UInt8]?
    if PNGDrawing.isLikely(rows, data) {
      guard let drawing = PNGDrawing(rows, inflating: data) else { return nil }
      if drawing.hasPlainAlpha { return Image(drawing) }
      pixels = drawing.pixels
    } else {
      pixels = rows.pixels { place in
        InflatedBytes.inflate(data, into: place) ? UnsafePointer(place.baseAddress) : nil
      }
    }
    return pixels.map { Image(width: rows.width, height: rows.height, pixels: $0) }
  }

  /// Bytes of a pixel in a picture of such a kind.
  private static func channels(_ header: PNGChunk) -> Int? {
    guard header.kind == PNGChunk.header, header.data.count == 13,
      header.data[8] == 8, header.data[10...12].allSatisfy({ $0 == 0 })
    else { return nil }
    return switch header.data[9] {
    case 0: 1
    case 2: 3
    case 4: 2
    case 6: 4
    default: nil
    }
  }

  /// The data of the chunks of pixels, which follow one another; nil where there is a chunk that
  /// changes what the pixels mean, or none at the end.
  private static func dataParts(
    _ chunks: UnsafeRawBufferPointer
  ) -> [UnsafeRawBufferPointer]? {
    var (rest, parts, isBehind) = (chunks, [UnsafeRawBufferPointer](), false)
    while let chunk = PNGChunk(first: &rest) {
      switch chunk.kind {
      case PNGChunk.data:
        if isBehind { return nil }
        parts.append(chunk.data)
      case PNGChunk.end:
        return parts.isEmpty || !chunk.data.isEmpty ? nil : parts
      default:
        guard chunk.isAncillary, chunk.kind != PNGChunk.transparency else { return nil }
        isBehind = !parts.isEmpty
      }
    }
    return nil
  }
}

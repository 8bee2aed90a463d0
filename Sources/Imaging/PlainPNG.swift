import CDeflate
import CPNG

/// Decodes the PNG files that browsers and most programs write: eight bits a channel, not
/// interlaced, without a palette.
///
/// The pixels are inflated in one piece by libdeflate, many times as fast as row by row by zlib.
enum PlainPNG {
  /// The picture in a file, whose signature is left out; nil where the file is of another kind or
  /// anything about it is wrong, which libpng tells.
  static func decode(_ chunks: Slice<UnsafeRawBufferPointer>) -> Image? {
    var rest = UnsafeRawBufferPointer(rebasing: chunks)
    guard let first = PNGChunk(first: &rest), let header = Header(first) else { return nil }
    guard let parts = dataParts(rest) else { return nil }
    var isSound = false
    let pixels = [UInt8](unsafeUninitializedCapacity: header.capacity) { bytes, count in
      // The rows begin where the pixels made of them never overtake what is still to be read.
      let rows = UnsafeMutableBufferPointer(rebasing: bytes[(bytes.count - header.byteCount)...])
      isSound = inflate(parts, into: rows) && undoFilters(rows, header)
      guard isSound else { return }
      if header.channels < 4 { expand(rows, header, into: bytes) }
      count = header.width * header.height * 4
    }
    return isSound ? Image(width: header.width, height: header.height, pixels: pixels) : nil
  }

  /// What the header chunk says of a picture of such a kind.
  private struct Header {
    let width: Int
    let height: Int
    /// Bytes of a pixel.
    let channels: Int

    /// Bytes of a row, without the one that names its filter.
    var rowBytes: Int { width * channels }
    /// Bytes of all rows, each behind its filter's.
    var byteCount: Int { (rowBytes + 1) * height }
    /// Bytes that hold the rows, and then their pixels.
    var capacity: Int { (width * 4 + 1) * height }

    init?(_ chunk: PNGChunk) {
      guard chunk.kind == PNGChunk.header, chunk.data.count == 13,
        chunk.data[8] == 8, chunk.data[10...12].allSatisfy({ $0 == 0 })
      else { return nil }
      switch chunk.data[9] {
      case 0: channels = 1
      case 2: channels = 3
      case 4: channels = 2
      case 6: channels = 4
      default: return nil
      }
      width = Int(UInt32(bigEndian: chunk.data.loadUnaligned(as: UInt32.self)))
      height = Int(
        UInt32(bigEndian: chunk.data.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
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

  /// Inflates the rows as they are filtered; false where the data are not exactly those of the rows.
  private static func inflate(
    _ parts: [UnsafeRawBufferPointer], into rows: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let decompressor = libdeflate_alloc_decompressor() else { return false }
    defer { libdeflate_free_decompressor(decompressor) }
    func inflate(_ data: UnsafeRawBufferPointer) -> Bool {
      libdeflate_zlib_decompress(
        decompressor, data.baseAddress, data.count, rows.baseAddress, rows.count, nil)
        == LIBDEFLATE_SUCCESS
    }
    guard parts.count > 1 else { return inflate(parts[0]) }
    var joined: [UInt8] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { joined.append(contentsOf: part) }
    return joined.withUnsafeBytes(inflate)
  }

  /// Makes filtered rows the rows themselves, moved together over the bytes of their filters; false
  /// where one has a filter that is not known.
  private static func undoFilters(
    _ rows: UnsafeMutableBufferPointer<UInt8>, _ header: Header
  ) -> Bool {
    guard let start = rows.baseAddress else { return false }
    func filter(_ y: Int) -> PNGFilter? { PNGFilter(rawValue: rows[y * (header.rowBytes + 1)]) }
    func filtered(_ y: Int) -> UnsafeMutablePointer<UInt8> {
      start + y * (header.rowBytes + 1) + 1
    }
    var y = 0
    while y < header.height {
      guard let found = filter(y) else { return false }
      let above = start + (y - 1) * header.rowBytes
      var next = y + cpng_rows
      if found == .paeth, header.channels == 4, y > 0, next <= header.height,
        (y..<next).allSatisfy({ filter($0) == .paeth })
      {
        cpng_undo_paeth_rows(filtered(y), header.rowBytes + 1, above, header.width)
      } else {
        next = y + 1
        found.undo(
          UnsafeMutableBufferPointer(start: filtered(y), count: header.rowBytes),
          above: y > 0 ? UnsafeBufferPointer(start: above, count: header.rowBytes) : nil,
          channels: header.channels)
      }
      // While they are still in the cache.
      for row in y..<next {
        (start + row * header.rowBytes).update(from: filtered(row), count: header.rowBytes)
      }
      y = next
    }
    return true
  }

  /// Writes rows as red, green, blue and alpha from the beginning of `bytes`, near whose end they
  /// are.
  private static func expand(
    _ rows: UnsafeMutableBufferPointer<UInt8>, _ header: Header,
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let pixels = bytes.baseAddress else { return }
    let channels = header.channels
    let (green, blue) = channels == 3 ? (1, 2) : (0, 0)
    for index in 0..<(header.width * header.height) {
      let from = index * channels
      let (first, second, third) = (rows[from], rows[from + green], rows[from + blue])
      let alpha = channels == 2 ? rows[from + 1] : 255
      let pixel = pixels + index * 4
      (pixel[0], pixel[1], pixel[2], pixel[3]) = (first, second, third, alpha)
    }
  }
}

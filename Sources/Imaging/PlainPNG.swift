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
      expand(rows, header, into: bytes)
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
    return parts.count == 1 ? inflate(parts[0]) : Array(parts.joined()).withUnsafeBytes(inflate)
  }

  /// Makes filtered rows the rows themselves; false where one has a filter that is not known.
  private static func undoFilters(
    _ rows: UnsafeMutableBufferPointer<UInt8>, _ header: Header
  ) -> Bool {
    func row(_ y: Int) -> UnsafeMutableBufferPointer<UInt8> {
      let start = y * (header.rowBytes + 1) + 1
      return UnsafeMutableBufferPointer(rebasing: rows[start..<(start + header.rowBytes)])
    }
    func filter(_ y: Int) -> PNGFilter? { PNGFilter(rawValue: rows[y * (header.rowBytes + 1)]) }
    var y = 0
    while y < header.height {
      guard let found = filter(y) else { return false }
      let above = y > 0 ? UnsafeBufferPointer(row(y - 1)) : nil
      let next = y + cpng_rows
      if let above, found == .paeth, header.channels == 4, next <= header.height,
        (y..<next).allSatisfy({ filter($0) == .paeth })
      {
        cpng_undo_paeth_rows(
          row(y).baseAddress, header.rowBytes + 1, above.baseAddress, header.width)
        y = next
      } else {
        found.undo(row(y), above: above, channels: header.channels)
        y += 1
      }
    }
    return true
  }

  /// Writes rows as red, green, blue and alpha from the beginning of `bytes`, at whose end they are.
  private static func expand(
    _ rows: UnsafeMutableBufferPointer<UInt8>, _ header: Header,
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    let channels = header.channels
    guard channels < 4, let pixels = bytes.baseAddress else { return close(rows, header) }
    let (green, blue) = channels == 3 ? (1, 2) : (0, 0)
    for y in 0..<header.height {
      let start = y * (header.rowBytes + 1) + 1
      for x in 0..<header.width {
        let from = start + x * channels
        let (first, second, third) = (rows[from], rows[from + green], rows[from + blue])
        let alpha = channels == 2 ? rows[from + 1] : 255
        let pixel = pixels + (y * header.width + x) * 4
        (pixel[0], pixel[1], pixel[2], pixel[3]) = (first, second, third, alpha)
      }
    }
  }

  /// Moves rows together over the bytes of their filters.
  private static func close(_ rows: UnsafeMutableBufferPointer<UInt8>, _ header: Header) {
    guard let start = rows.baseAddress else { return }
    for y in 0..<header.height {
      (start + y * header.rowBytes).update(
        from: start + y * (header.rowBytes + 1) + 1, count: header.rowBytes)
    }
  }
}

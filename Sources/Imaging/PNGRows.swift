import CInflate
import CPNG

/// The rows of a PNG file as they are stored: filtered, each behind a byte that names its filter.
///
/// They become pixels when these are asked for. A drawing's rows are zeros but for some spans, which
/// is known of them, so that one channel takes little time.
struct PNGRows: Sendable {
  let width: Int
  let height: Int
  /// Bytes of a pixel.
  let channels: Int
  /// The rows.
  let inflated: InflatedBytes

  /// Whether the last byte of a pixel is its alpha.
  var hasAlpha: Bool { channels % 2 == 0 }
  /// Bytes of a row, without the one that names its filter.
  var rowBytes: Int { width * channels }

  /// Reads the rows; nil where the data are not exactly theirs.
  init?(width: Int, height: Int, channels: Int, inflating data: UnsafeRawBufferPointer) {
    guard let inflated = InflatedBytes(data, count: (width * channels + 1) * height),
      (0..<height).allSatisfy({
        PNGFilter(rawValue: inflated[$0 * (width * channels + 1)]) != nil
      })
    else { return nil }
    (self.width, self.height, self.channels) = (width, height, channels)
    self.inflated = inflated
  }

  /// The filter of a row.
  func filter(_ y: Int) -> PNGFilter? { PNGFilter(rawValue: inflated[y * (rowBytes + 1)]) }

  // MARK: - All channels

  /// Red, green, blue and alpha of each pixel.
  var pixels: [UInt8] {
    let count = width * height * 4
    return [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
      // Rows lie at the end, where pixels made of them never overtake what is still to be read.
      let rows = UnsafeMutableBufferPointer(rebasing: pixels[(count - rowBytes * height)...])
      undoFilters(into: rows)
      if channels < 4 { expand(rows, into: pixels) }
      initialized = count
    }
  }

  /// Writes the rows themselves, without the bytes of their filters.
  private func undoFilters(into rows: UnsafeMutableBufferPointer<UInt8>) {
    guard let start = rows.baseAddress else { return }
    var y = 0
    while y < height {
      let together = y > 0 && channels == 4 ? paethRows(from: y) : 1
      let row = start + y * rowBytes
      for below in 0..<together {
        inflated.withBytes { bytes in
          let filtered = bytes[((y + below) * (rowBytes + 1) + 1)...].prefix(rowBytes)
          _ = UnsafeMutableBufferPointer(start: row + below * rowBytes, count: rowBytes)
            .update(fromContentsOf: filtered)
        }
      }
      let above = row - rowBytes
      if together > 1 {
        cpng_undo_paeth_rows(row, rowBytes, above, width)
      } else {
        filter(y)?.undo(
          UnsafeMutableBufferPointer(start: row, count: rowBytes),
          above: y > 0 ? UnsafeBufferPointer(start: above, count: rowBytes) : nil,
          channels: channels)
      }
      y += together
    }
  }

  /// How many rows are undone together: those of Paeth's filter.
  private func paethRows(from y: Int) -> Int {
    let rows = y..<(y + cpng_rows)
    return rows.upperBound <= height && rows.allSatisfy { filter($0) == .paeth } ? cpng_rows : 1
  }

  /// Writes rows as red, green, blue and alpha from the beginning of `pixels`, at whose end they are.
  private func expand(
    _ rows: UnsafeMutableBufferPointer<UInt8>, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (green, blue) = channels == 3 ? (1, 2) : (0, 0)
    for index in 0..<(width * height) {
      let from = index * channels
      let (first, second, third) = (rows[from], rows[from + green], rows[from + blue])
      let alpha = channels == 2 ? rows[from + 1] : 255
      let to = index * 4
      (pixels[to], pixels[to + 1], pixels[to + 2], pixels[to + 3]) = (first, second, third, alpha)
    }
  }
}

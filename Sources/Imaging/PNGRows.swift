import CPNG

/// The rows of a PNG file as they are stored: filtered, each behind a byte that names its filter.
struct PNGRows: Sendable {
  let width: Int
  let height: Int
  /// Bytes of a pixel.
  let channels: Int

  /// Whether the last byte of a pixel is its alpha.
  var hasAlpha: Bool { channels % 2 == 0 }
  /// Bytes of a row, without the one that names its filter.
  var rowBytes: Int { width * channels }
  /// Bytes of all rows.
  var byteCount: Int { (rowBytes + 1) * height }
  /// Bytes that hold the rows, and then their pixels.
  private var capacity: Int { (width * 4 + 1) * height }

  /// Red, green, blue and alpha of each pixel; nil where a row has a filter that is not known.
  ///
  /// `find` tells where the rows are, or nil; it may put them into the memory that it is called with.
  func pixels(
    _ find: (UnsafeMutableBufferPointer<UInt8>) -> UnsafePointer<UInt8>?
  ) -> [UInt8]? {
    var isSound = false
    let pixels = [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
      // The rows begin where the pixels made of them never overtake what is still to be read.
      let rows = UnsafeMutableBufferPointer(rebasing: bytes[(bytes.count - byteCount)...])
      guard let filtered = find(rows), let start = rows.baseAddress else { return }
      isSound = undoFilters(filtered, into: start)
      guard isSound else { return }
      if channels < 4 { expand(rows, into: bytes) }
      count = width * height * 4
    }
    return isSound ? pixels : nil
  }

  /// Makes filtered rows the rows themselves, without the bytes of their filters, which may begin at
  /// the same place; false where one has a filter that is not known.
  private func undoFilters(
    _ filtered: UnsafePointer<UInt8>, into start: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    func filter(_ y: Int) -> PNGFilter? { PNGFilter(rawValue: filtered[y * (rowBytes + 1)]) }
    var y = 0
    while y < height {
      guard let found = filter(y) else { return false }
      let (row, above) = (start + y * rowBytes, start + (y - 1) * rowBytes)
      let areFour =
        found == .paeth && channels == 4 && y > 0 && y + cpng_rows <= height
        && (y..<(y + cpng_rows)).allSatisfy { filter($0) == .paeth }
      let next = areFour ? y + cpng_rows : y + 1
      for y in y..<next {
        (start + y * rowBytes).update(from: filtered + y * (rowBytes + 1) + 1, count: rowBytes)
      }
      if areFour {
        cpng_undo_paeth_rows(row, rowBytes, above, width)
      } else {
        found.undo(
          UnsafeMutableBufferPointer(start: row, count: rowBytes),
          above: y > 0 ? UnsafeBufferPointer(start: above, count: rowBytes) : nil,
          channels: channels)
      }
      y = next
    }
    return true
  }

  /// Writes rows as red, green, blue and alpha from the beginning of `bytes`, near whose end they
  /// are.
  private func expand(
    _ rows: UnsafeMutableBufferPointer<UInt8>, into bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let pixels = bytes.baseAddress else { return }
    let (green, blue) = channels == 3 ? (1, 2) : (0, 0)
    for index in 0..<(width * height) {
      let from = index * channels
      let (first, second, third) = (rows[from], rows[from + green], rows[from + blue])
      let alpha = channels == 2 ? rows[from + 1] : 255
      let pixel = pixels + index * 4
      (pixel[0], pixel[1], pixel[2], pixel[3]) = (first, second, third, alpha)
    }
  }
}

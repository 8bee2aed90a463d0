/// A drawing's rows, which are zeros for the most part and become pixels when these are asked for.
///
/// Their alpha alone, which is what becomes a digit, takes little time: zeros are passed over.
struct PNGDrawing: Sendable {
  let rows: PNGRows
  private let inflated: InflatedBytes

  /// Whether data are rows of one that has an alpha: such are shorter by some factor, at least.
  static func isLikely(_ rows: PNGRows, _ data: UnsafeRawBufferPointer) -> Bool {
    rows.hasAlpha && data.count < rows.byteCount / 16
  }

  /// Reads the rows; nil where the data are not exactly theirs.
  init?(_ rows: PNGRows, inflating data: UnsafeRawBufferPointer) {
    guard let inflated = InflatedBytes(data, count: rows.byteCount) else { return nil }
    (self.rows, self.inflated) = (rows, inflated)
  }

  /// Whether ``alpha`` is there: no row takes its pixels from the left and from above.
  var hasPlainAlpha: Bool { (0..<rows.height).allSatisfy { filter($0)?.hasOneNeighbour ?? false } }

  /// Red, green, blue and alpha of each pixel; nil where a row has a filter that is not known.
  var pixels: [UInt8]? {
    inflated.withBytes { bytes in rows.pixels { _ in bytes.baseAddress } }
  }

  /// The alpha of each pixel.
  var alpha: [UInt8] {
    let width = rows.width
    return [UInt8](unsafeUninitializedCapacity: width * rows.height) { alpha, count in
      for y in 0..<rows.height {
        let row = UnsafeMutableBufferPointer(rebasing: alpha[(y * width)..<((y + 1) * width)])
        let above = alpha[(max(y - 1, 0) * width)...].prefix(width)
        inflated.withBytes { bytes in
          let filtered = bytes[(y * (rows.rowBytes + 1) + 1)...].prefix(rows.rowBytes)
          undo(filter(y), UnsafeBufferPointer(rebasing: filtered), y > 0 ? above : nil, row)
        }
      }
      count = width * rows.height
    }
  }

  /// The filter of a row.
  private func filter(_ y: Int) -> PNGFilter? {
    inflated.withBytes { PNGFilter(rawValue: $0[y * (rows.rowBytes + 1)]) }
  }

  private func undo(
    _ filter: PNGFilter?, _ filtered: UnsafeBufferPointer<UInt8>,
    _ above: Slice<UnsafeMutableBufferPointer<UInt8>>?, _ alpha: UnsafeMutableBufferPointer<UInt8>
  ) {
    let channels = rows.channels
    var inked = InkedPixels(row: UnsafeRawBufferPointer(filtered), channels: channels)
    guard filter != .sub else {
      var (left, done) = (UInt8(0), 0)
      while let pixels = inked.next() {
        alpha[done..<pixels.lowerBound].update(repeating: left)
        for x in pixels {
          left &+= filtered[(x + 1) * channels - 1]
          alpha[x] = left
        }
        done = pixels.upperBound
      }
      return alpha[done...].update(repeating: left)
    }
    if filter == .up, let above {
      _ = alpha.update(fromContentsOf: above)
    } else {
      alpha.update(repeating: 0)
    }
    while let pixels = inked.next() {
      for x in pixels { alpha[x] &+= filtered[(x + 1) * channels - 1] }
    }
  }
}

/// The pixels of a filtered row that may be something else than zeros, a block after another.
private struct InkedPixels: IteratorProtocol {
  /// A block's bytes.
  private static let block = 64

  let row: UnsafeRawBufferPointer
  /// Bytes of a pixel, which fill a block.
  let channels: Int
  private var end = 0

  init(row: UnsafeRawBufferPointer, channels: Int) {
    (self.row, self.channels) = (row, channels)
  }

  mutating func next() -> Range<Int>? {
    while end < row.count {
      let start = end
      end = min(start + Self.block, row.count)
      if end < start + Self.block || !isZero(from: start) {
        return (start / channels)..<(end / channels)
      }
    }
    return nil
  }

  /// Whether there is a block of zeros.
  private func isZero(from start: Int) -> Bool {
    func word(_ index: Int) -> SIMD2<UInt64> {
      row.loadUnaligned(fromByteOffset: start + index * 16, as: SIMD2<UInt64>.self)
    }
    let all = word(0) | word(1) | word(2) | word(3)
    return all[0] | all[1] == 0
  }
}

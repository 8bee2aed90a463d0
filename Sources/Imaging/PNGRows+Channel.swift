import CInflate

extension PNGRows {
  /// One channel of each pixel, made of the spans alone; nil where there is a row whose filter takes
  /// its pixels from the left and from above.
  func plane(ofChannel channel: Int) -> [UInt8]? {
    guard (0..<height).allSatisfy({ filter($0)?.hasOneNeighbour ?? false }) else { return nil }
    return [UInt8](unsafeUninitializedCapacity: width * height) { plane, count in
      inflated.withBytes { bytes in
        inflated.spans.withUnsafeBufferPointer { spans in
          undoFilters(bytes, spans, channel, into: plane)
        }
      }
      count = width * height
    }
  }

  private func undoFilters(
    _ bytes: UnsafeBufferPointer<UInt8>, _ spans: UnsafeBufferPointer<cinflate_span>,
    _ channel: Int, into plane: UnsafeMutableBufferPointer<UInt8>
  ) {
    var cursor = SpanCursor(spans: spans, channels: channels)
    for y in 0..<height {
      let row = UnsafeMutableBufferPointer(rebasing: plane[(y * width)..<((y + 1) * width)])
      let start = y * (rowBytes + 1) + 1
      let filtered = UnsafeBufferPointer(rebasing: bytes[(start + channel)...])
      cursor.row = start..<(start + rowBytes)
      if filter(y) == .sub {
        undoSub(row, filtered, &cursor)
      } else {
        let above = filter(y) == .up && y > 0 ? plane[((y - 1) * width)..<(y * width)] : nil
        undoUp(row, filtered, above, &cursor)
      }
    }
  }

  private func undoUp(
    _ row: UnsafeMutableBufferPointer<UInt8>, _ filtered: UnsafeBufferPointer<UInt8>,
    _ above: Slice<UnsafeMutableBufferPointer<UInt8>>?, _ cursor: inout SpanCursor
  ) {
    if let above {
      _ = row.update(fromContentsOf: above)
    } else {
      row.update(repeating: 0)
    }
    while let pixels = cursor.next() {
      for x in pixels { row[x] &+= filtered[x * channels] }
    }
  }

  private func undoSub(
    _ row: UnsafeMutableBufferPointer<UInt8>, _ filtered: UnsafeBufferPointer<UInt8>,
    _ cursor: inout SpanCursor
  ) {
    var (left, done) = (UInt8(0), 0)
    while let pixels = cursor.next() {
      row[done..<pixels.lowerBound].update(repeating: left)
      for x in pixels {
        left &+= filtered[x * channels]
        row[x] = left
      }
      done = pixels.upperBound
    }
    row[done...].update(repeating: left)
  }
}

/// Goes through spans row by row, and tells of which pixels they are.
private struct SpanCursor {
  let spans: UnsafeBufferPointer<cinflate_span>
  /// Bytes of a pixel.
  let channels: Int
  /// The bytes of the row's pixels.
  var row = 0..<0
  /// The first span that has not been gone through, and how far it has been.
  private var index = 0
  private var done = 0

  init(spans: UnsafeBufferPointer<cinflate_span>, channels: Int) {
    (self.spans, self.channels) = (spans, channels)
  }

  /// The next pixels of the row that are not all zeros.
  ///
  /// Spans are further apart than a pixel is long: no pixel comes twice.
  mutating func next() -> Range<Int>? {
    while index < spans.count {
      let start = max(Int(spans[index].start), row.lowerBound, done)
      let end = min(Int(spans[index].end), row.upperBound)
      guard start < row.upperBound else { return nil }
      done = end
      if Int(spans[index].end) <= row.upperBound { index += 1 }
      guard start < end else { continue }
      let (first, last) = (start - row.lowerBound, end - 1 - row.lowerBound)
      return (first / channels)..<(last / channels + 1)
    }
    return nil
  }
}

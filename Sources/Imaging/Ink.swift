/// How much ink each pixel of a drawing holds: 0 for none, 255 for full.
///
/// Where a drawing's border is transparent, ink is what is not. Otherwise ink is what is lighter
/// than a dark border, or darker than a light one.
struct Ink {
  /// The pixels in a row.
  let width: Int
  /// The rows.
  let height: Int
  /// The ink of each pixel.
  let values: [UInt8]
  /// What is paper's own grey and its noise rather than ink, as photographs have them.
  private let paper: UInt8

  /// The ink in `image`.
  init(_ image: Image) {
    width = image.width
    height = image.height
    let alpha = image.alpha
    if Border(alpha, width: width, height: height).mean < 127.5 {
      values = alpha
      paper = 0
      return
    }
    var luminance = image.luminanceOverWhite()
    if Border(luminance, width: width, height: height).mean > 127.5 {
      for index in luminance.indices { luminance[index] = 255 - luminance[index] }
    }
    values = luminance
    paper = Border(luminance, width: width, height: height)
      .paper(least: luminance.min() ?? 0, most: luminance.max() ?? 0)
  }

  private init(width: Int, height: Int, values: [UInt8]) {
    self.width = width
    self.height = height
    self.values = values
    paper = 0
  }

  /// The box of pixels with a good part of the darkest pixel's ink, or nil where there is no ink.
  ///
  /// MNIST's boxes were drawn around black and white scans, whose edges lie where a grey pixel is
  /// half covered; a quarter keeps thin strokes too.
  var bounds: (x: Range<Int>, y: Range<Int>)? {
    let (columns, rows) = most
    guard let most = rows.max(), most > 0 else { return nil }
    let threshold = max(most / 4, 1)
    guard let left = columns.firstIndex(where: { $0 >= threshold }),
      let right = columns.lastIndex(where: { $0 >= threshold }),
      let top = rows.firstIndex(where: { $0 >= threshold }),
      let bottom = rows.lastIndex(where: { $0 >= threshold })
    else { return nil }
    return (left..<right + 1, top..<bottom + 1)
  }

  /// The most ink in each column and in each row.
  private var most: (columns: [UInt8], rows: [UInt8]) {
    var columns = [UInt8](repeating: 0, count: width)
    let rows = values.withUnsafeBufferPointer { values in
      columns.withUnsafeMutableBufferPointer { columns in
        (0..<height).map { y in
          let row = UnsafeBufferPointer(rebasing: values[(y * width)..<((y + 1) * width)])
          var most: UInt8 = 0
          for x in 0..<row.count {
            most = max(most, row[x])
            columns[x] = max(columns[x], row[x])
          }
          return most
        }
      }
    }
    return (columns, rows)
  }

  /// The ink alone, stretched to the full range; clean paper leaves the ink as it is.
  func removingPaper() -> Ink {
    guard paper > 0, let most = values.max() else { return self }
    let (low, range) = (Int(paper), Int(most) - Int(paper))
    let stretched = values.map { value in
      value <= paper ? 0 : UInt8((Int(value) - low) * 255 / range)
    }
    return Ink(width: width, height: height, values: stretched)
  }
}

/// The outermost pixels of a picture; the corners count twice.
private struct Border {
  private let values: [UInt8]

  init(_ values: [UInt8], width: Int, height: Int) {
    let last = width * (height - 1)
    self.values = [UInt8](unsafeUninitializedCapacity: 2 * (width + height)) { border, count in
      for x in 0..<width { (border[x], border[width + x]) = (values[x], values[last + x]) }
      for y in 0..<height {
        border[2 * width + y] = values[y * width]
        border[2 * width + height + y] = values[y * width + width - 1]
      }
      count = 2 * (width + height)
    }
  }

  var mean: Double { Double(values.reduce(0) { $0 + Int($1) }) / Double(values.count) }

  /// The number that nine in ten of the border's are not above, in a picture whose numbers go from
  /// `least` to `most`.
  ///
  /// Where that is ink that touches the border, it is the one that half are not above.
  func paper(least: UInt8, most: UInt8) -> UInt8 {
    let sorted = values.sorted()
    let most90 = sorted[(sorted.count - 1) * 9 / 10]
    return Int(most90) - Int(least) <= (Int(most) - Int(least)) / 2
      ? most90 : sorted[(sorted.count - 1) / 2]
  }
}

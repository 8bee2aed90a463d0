#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the pixels under a new pixel are weighed against each other.
enum ResamplingFilter {
  /// Each pixel by the part of it that the new one covers: exact averages of areas.
  case area
  /// A triangle as wide as two new pixels: bilinear interpolation where the picture grows,
  /// averages without aliasing where it shrinks. Pillow's `BILINEAR`.
  case bilinear
}

/// The old pixels that make each new pixel of a row or a column.
struct ResamplingSpans {
  /// The old pixels of each new one.
  private(set) var pixels: [Range<Int>] = []
  /// The weights of each span's pixels, one span's after another's; their sum is 1 for each.
  private(set) var weights: [Float] = []
  /// Where each span's weights begin.
  private(set) var starts: [Int] = []

  /// What makes `count` new pixels out of `source` old ones.
  init(_ filter: ResamplingFilter, from source: Int, to count: Int) {
    let scale = Double(source) / Double(count)
    var parts: [Double] = []
    for index in 0..<count {
      let start =
        switch filter {
        case .area: Self.area(index, scale: scale, source: source, &parts)
        case .bilinear: Self.bilinear(index, scale: scale, source: source, &parts)
        }
      let sum = parts.reduce(0, +)
      starts.append(weights.count)
      weights.append(contentsOf: parts.lazy.map { Float($0 / sum) })
      pixels.append(start..<(start + parts.count))
      parts.removeAll(keepingCapacity: true)
    }
  }

  private static func area(
    _ index: Int, scale: Double, source: Int, _ parts: inout [Double]
  ) -> Int {
    let low = Double(index) * scale
    let high = Double(index + 1) * scale
    let start = min(Int(low), source - 1)
    let end = min(max(Int(high.rounded(.up)), start + 1), source)
    for pixel in start..<end {
      parts.append(min(Double(pixel + 1), high) - max(Double(pixel), low))
    }
    return start
  }

  private static func bilinear(
    _ index: Int, scale: Double, source: Int, _ parts: inout [Double]
  ) -> Int {
    let radius = max(scale, 1)
    let center = (Double(index) + 0.5) * scale
    let start = max(Int(center - radius + 0.5), 0)
    let end = min(max(Int(center + radius + 0.5), start + 1), source)
    for pixel in start..<end {
      parts.append(max(0, 1 - abs(Double(pixel) + 0.5 - center) / radius))
    }
    return start
  }
}

extension ByteGrid {
  /// The picture at another size; numbers stay between 0 and 255.
  func resampled(width: Int, height: Int, by filter: ResamplingFilter) -> Plane {
    let columns = ResamplingSpans(filter, from: self.width, to: width)
    let rows = ResamplingSpans(filter, from: self.height, to: height)
    var plane = Plane(width: width, height: height)
    var line = [Float](repeating: 0, count: self.width)
    for y in 0..<height {
      let used = line.withUnsafeMutableBufferPointer { mix(rows, y, into: $0) }
      // Zeros add nothing to a sum that begins with zero.
      for x in 0..<width where columns.pixels[x].overlaps(used) {
        let pixels = columns.pixels[x]
        var sum: Float = 0
        for pixel in pixels.clamped(to: used) {
          sum += columns.weights[columns.starts[x] + pixel - pixels.lowerBound] * line[pixel]
        }
        plane[x, y] = sum
      }
    }
    return plane
  }

  /// The rows of a new one, weighed and added up; and which part of that is not zeros alone.
  private func mix(
    _ rows: ResamplingSpans, _ index: Int, into line: UnsafeMutableBufferPointer<Float>
  ) -> Range<Int> {
    line.update(repeating: 0)
    var (low, high) = (line.count, 0)
    for (offset, y) in rows.pixels[index].enumerated() {
      let weight = rows.weights[rows.starts[index] + offset]
      let source = UnsafeBufferPointer(rebasing: bytes[(origin + y * rowStride)...])
      if pixelStride == 1 {
        let inked = Self.inked(UnsafeBufferPointer(rebasing: source[..<line.count]))
        for x in inked { line[x] += weight * Float(source[x]) }
        (low, high) = (min(low, inked.lowerBound), max(high, inked.upperBound))
      } else {
        for x in 0..<line.count { line[x] += weight * Float(source[x * pixelStride]) }
        (low, high) = (0, line.count)
      }
    }
    return low < high ? low..<high : 0..<0
  }

  /// What is left of a row without the zeros at both ends, as far as they fill words.
  private static func inked(_ row: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    let bytes = UnsafeRawBufferPointer(row)
    func isZero(_ place: Int) -> Bool {
      bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) == 0
    }
    var (low, high) = (0, row.count)
    while low + 8 <= high, isZero(low) { low += 8 }
    while low + 8 <= high, isZero(high - 8) { high -= 8 }
    return low..<high
  }
}

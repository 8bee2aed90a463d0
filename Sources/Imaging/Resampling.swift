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

/// The old pixels that make one new pixel of a row or a column.
struct ResamplingSpan: Equatable {
  /// The first of them.
  let start: Int
  /// Their weights, whose sum is 1.
  let weights: [Float]
}

extension ResamplingFilter {
  /// What makes each of `count` new pixels out of `source` old ones.
  func spans(from source: Int, to count: Int) -> [ResamplingSpan] {
    let scale = Double(source) / Double(count)
    return (0..<count).map { index in
      switch self {
      case .area: Self.areaSpan(index, scale: scale, source: source)
      case .bilinear: Self.bilinearSpan(index, scale: scale, source: source)
      }
    }
  }

  private static func areaSpan(_ index: Int, scale: Double, source: Int) -> ResamplingSpan {
    let low = Double(index) * scale
    let high = Double(index + 1) * scale
    let start = min(Int(low), source - 1)
    let end = min(max(Int(high.rounded(.up)), start + 1), source)
    let parts = (start..<end).map { min(Double($0 + 1), high) - max(Double($0), low) }
    return normalized(start, parts)
  }

  private static func bilinearSpan(_ index: Int, scale: Double, source: Int) -> ResamplingSpan {
    let radius = max(scale, 1)
    let center = (Double(index) + 0.5) * scale
    let start = max(Int(center - radius + 0.5), 0)
    let end = min(max(Int(center + radius + 0.5), start + 1), source)
    let parts = (start..<end).map { max(0, 1 - abs(Double($0) + 0.5 - center) / radius) }
    return normalized(start, parts)
  }

  private static func normalized(_ start: Int, _ parts: [Double]) -> ResamplingSpan {
    let sum = parts.reduce(0, +)
    return ResamplingSpan(start: start, weights: parts.map { Float($0 / sum) })
  }
}

extension ByteGrid {
  /// The picture at another size; numbers stay between 0 and 255.
  func resampled(width: Int, height: Int, by filter: ResamplingFilter) -> Plane {
    let columns = filter.spans(from: self.width, to: width)
    let rows = filter.spans(from: self.height, to: height)
    var plane = Plane(width: width, height: height)
    var line = [Float](repeating: 0, count: self.width)
    for (y, row) in rows.enumerated() {
      line.withUnsafeMutableBufferPointer { mix(row, into: $0) }
      for (x, column) in columns.enumerated() {
        var sum: Float = 0
        for (offset, weight) in column.weights.enumerated() {
          sum += weight * line[column.start + offset]
        }
        plane[x, y] = sum
      }
    }
    return plane
  }

  /// The rows of a span, weighed and added up.
  private func mix(_ span: ResamplingSpan, into line: UnsafeMutableBufferPointer<Float>) {
    line.update(repeating: 0)
    for (offset, weight) in span.weights.enumerated() {
      let row = bytes[(origin + (span.start + offset) * rowStride)...]
      let source = UnsafeBufferPointer(rebasing: row)
      if pixelStride == 1 {
        for x in 0..<line.count { line[x] += weight * Float(source[x]) }
      } else {
        for x in 0..<line.count { line[x] += weight * Float(source[x * pixelStride]) }
      }
    }
  }
}

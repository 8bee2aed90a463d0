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
    // Spans begin in rising order, so a few rows at a time are enough.
    var narrowed: [Int: [Float]] = [:]
    for (y, row) in rows.enumerated() {
      narrowed = narrowed.filter { $0.key >= row.start }
      for (offset, weight) in row.weights.enumerated() {
        let source = row.start + offset
        let line = narrowed[source] ?? narrowedRow(source, columns)
        narrowed[source] = line
        for x in 0..<width { plane[x, y] += weight * line[x] }
      }
    }
    return plane
  }

  private func narrowedRow(_ y: Int, _ columns: [ResamplingSpan]) -> [Float] {
    columns.map { column in
      var index = origin + y * rowStride + column.start * pixelStride
      var sum: Float = 0
      for weight in column.weights {
        sum += weight * Float(bytes[index])
        index += pixelStride
      }
      return sum
    }
  }
}

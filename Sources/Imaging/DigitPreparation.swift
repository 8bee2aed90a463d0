#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Prepares a drawing of a digit as the MNIST database's digits were prepared.
///
/// The ink is cropped, scaled with anti-aliasing to fit a box of 20 by 20 pixels with its aspect
/// ratio kept, and put into 28 by 28 pixels so that its centre of mass is in the middle, or as near
/// as the edges allow. A drawing is stretched to full strength, since thin pens leave grey when
/// they are scaled down.
public enum DigitPreparation {
  /// The pixels in a row and in a column of a prepared digit.
  public static let side = 28
  /// The pixels in a row and in a column of the box that a digit is scaled to.
  static let box = 20

  /// The 784 numbers from 0 (paper) to 1 (ink) that a digit model takes, row after row.
  ///
  /// A picture of 28 by 28 pixels is taken as prepared: its ink is neither moved nor scaled. A
  /// picture without ink gives zeros.
  public static func prepare(_ image: Image) -> [Float] {
    let ink = Ink(image)
    if image.width == side && image.height == side {
      return ink.values.map { Float($0) / 255 }
    }
    let clean = ink.removingPaper()
    guard let bounds = clean.bounds else { return Array(repeating: 0, count: side * side) }
    return placed(scaled(clean, bounds.x, bounds.y)).values
  }

  /// The ink inside the bounds, made to fit the box; its largest number is 1.
  private static func scaled(_ ink: Ink, _ columns: Range<Int>, _ rows: Range<Int>) -> Plane {
    let longer = max(columns.count, rows.count)
    let width = fitted(columns.count, longer: longer)
    let height = fitted(rows.count, longer: longer)
    var plane = ink.values.withUnsafeBufferPointer { bytes in
      ByteGrid(
        bytes: bytes, origin: rows.lowerBound * ink.width + columns.lowerBound,
        width: columns.count, height: rows.count, pixelStride: 1, rowStride: ink.width
      ).resampled(width: width, height: height, by: .area)
    }
    if let most = plane.values.max(), most > 0 {
      plane.values = plane.values.map { $0 / most }
    }
    return plane
  }

  private static func fitted(_ length: Int, longer: Int) -> Int {
    max(1, (length * box * 2 + longer) / (longer * 2))
  }

  /// `digit` in the middle of 28 by 28 pixels by its centre of mass, moved by whole pixels.
  private static func placed(_ digit: Plane) -> Plane {
    var (mass, momentX, momentY) = (Float(0), Float(0), Float(0))
    for y in 0..<digit.height {
      for x in 0..<digit.width {
        mass += digit[x, y]
        momentX += digit[x, y] * (Float(x) + 0.5)
        momentY += digit[x, y] * (Float(y) + 0.5)
      }
    }
    let left = offset(center: momentX / mass, length: digit.width)
    let top = offset(center: momentY / mass, length: digit.height)
    var plane = Plane(width: side, height: side)
    for y in 0..<digit.height {
      for x in 0..<digit.width { plane[left + x, top + y] = digit[x, y] }
    }
    return plane
  }

  private static func offset(center: Float, length: Int) -> Int {
    let wanted = Int((Float(side) / 2 - center).rounded())
    return min(max(wanted, 0), side - length)
  }
}

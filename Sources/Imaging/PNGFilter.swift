import CPNG

/// How a row of a PNG file is stored: as differences from what its neighbours foretell.
enum PNGFilter: UInt8 {
  case none
  case sub
  case up
  case average
  case paeth

  /// Whether it takes a pixel from the left or from above, and not from both.
  var hasOneNeighbour: Bool { rawValue <= Self.up.rawValue }

  private typealias Row = UnsafeMutableBufferPointer<UInt8>
  private typealias Above = UnsafeBufferPointer<UInt8>

  /// Makes a filtered row the row itself; `above` is the row before it, which is taken for zeros
  /// where there is none.
  func undo(
    _ row: UnsafeMutableBufferPointer<UInt8>, above: UnsafeBufferPointer<UInt8>?, channels: Int
  ) {
    guard let above else { return undoFirst(row, channels) }
    switch self {
    case .none: break
    case .sub: Self.undoSub(row, channels)
    case .up: for index in 0..<row.count { row[index] &+= above[index] }
    case .average where channels == 4: Self.undoAverage(row, above)
    case .average:
      for index in 0..<row.count {
        let left = index < channels ? 0 : row[index - channels]
        row[index] &+= UInt8((Int(left) + Int(above[index])) / 2)
      }
    case .paeth where channels == 4:
      cpng_undo_paeth(row.baseAddress, above.baseAddress, row.count / 4)
    case .paeth:
      for index in 0..<row.count {
        let (left, corner) =
          index < channels ? (0, 0) : (row[index - channels], above[index - channels])
        row[index] &+= Self.nearest(left: left, above: above[index], corner: corner)
      }
    }
  }

  /// The first row, where only the pixel to the left foretells anything.
  private func undoFirst(_ row: Row, _ channels: Int) {
    switch self {
    case .none, .up: break
    case .sub, .paeth: Self.undoSub(row, channels)
    case .average:
      for index in channels..<max(row.count, channels) { row[index] &+= row[index - channels] / 2 }
    }
  }

  private static func undoSub(_ row: Row, _ channels: Int) {
    guard channels == 4 else {
      for index in channels..<max(row.count, channels) { row[index] &+= row[index - channels] }
      return
    }
    var left = SIMD4<UInt8>()
    for index in stride(from: 0, to: row.count, by: 4) {
      left &+= pixel(Above(row), index)
      store(left, row, index)
    }
  }

  private static func undoAverage(_ row: Row, _ above: Above) {
    var left = SIMD4<UInt8>()
    for index in stride(from: 0, to: row.count, by: 4) {
      let up = pixel(above, index)
      left = pixel(Above(row), index) &+ ((left & up) &+ ((left ^ up) &>> 1))
      store(left, row, index)
    }
  }

  private static func pixel(_ bytes: Above, _ index: Int) -> SIMD4<UInt8> {
    UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: SIMD4<UInt8>.self)
  }

  private static func store(_ pixel: SIMD4<UInt8>, _ bytes: Row, _ index: Int) {
    UnsafeMutableRawBufferPointer(bytes).storeBytes(
      of: pixel, toByteOffset: index, as: SIMD4<UInt8>.self)
  }

  /// Which of the neighbours is nearest to left + above - corner.
  private static func nearest(left: UInt8, above: UInt8, corner: UInt8) -> UInt8 {
    let (a, b, c) = (Int(left), Int(above), Int(corner))
    let (toLeft, toAbove, toCorner) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
    if toLeft <= toAbove && toLeft <= toCorner { return left }
    return toAbove <= toCorner ? above : corner
  }
}

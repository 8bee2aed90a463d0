/// How large a picture may be, checked against its header before anything is allocated.
public struct ImageLimits: Sendable {
  /// The most pixels in a row or a column.
  public var maximumSide: Int
  /// The most pixels in all.
  public var maximumPixels: Int

  /// Limits; at most 4096 by 4096 pixels unless told otherwise.
  public init(maximumSide: Int = 4096, maximumPixels: Int = 1 << 24) {
    self.maximumSide = maximumSide
    self.maximumPixels = maximumPixels
  }

  /// Throws where a picture of this size is beyond the limits, or is empty.
  func check(width: Int, height: Int) throws(ImageError) {
    guard width > 0, height > 0 else { throw .empty(width: width, height: height) }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard max(width, height) <= maximumSide, !overflow, pixels <= maximumPixels else {
      throw .tooLarge(width: width, height: height, limits: self)
    }
  }
}

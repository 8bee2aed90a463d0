/// Why a picture cannot be decoded.
public enum ImageError: Error, Sendable {
  /// The bytes begin as neither a PNG nor a JPEG file does.
  case unknownFormat
  /// The header says that there are no pixels.
  case empty(width: Int, height: Int)
  /// The header says that there are more pixels than the limits allow.
  case tooLarge(width: Int, height: Int, limits: ImageLimits)
  /// The file breaks its format's rules or is cut off.
  case damaged(format: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .unknownFormat:
      "image is neither a PNG nor a JPEG file"
    case .empty(let width, let height):
      "image is \(width)x\(height) pixels, expected at least 1x1"
    case .tooLarge(let width, let height, let limits):
      "image is \(width)x\(height) pixels, expected at most \(limits.maximumSide) a side and "
        + "\(limits.maximumPixels) in all"
    case .damaged(let format, let reason):
      "\(format) image cannot be decoded: \(reason)"
    }
  }
}

/// A decoded picture: rows of pixels from the top, four bytes each (red, green, blue, alpha).
public struct Image: Equatable, Sendable {
  /// The pixels in a row.
  public let width: Int
  /// The rows.
  public let height: Int
  /// Red, green, blue and alpha of each pixel; colours are not multiplied by alpha.
  public let pixels: [UInt8]

  /// A picture of the given pixels; there must be four bytes for each.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == width * height * 4,
      "\(pixels.count) bytes given, \(width)x\(height) pixels take \(width * height * 4)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// An opaque grey picture, one byte a pixel.
  public init(width: Int, height: Int, grey: [UInt8]) {
    self.init(width: width, height: height, pixels: grey.flatMap { [$0, $0, $0, 255] })
  }

  /// Decodes a PNG or JPEG file, told apart by its first bytes.
  ///
  /// Every kind of PNG is read, as stored: colour profiles and gamma are not applied, as Pillow
  /// does not apply them. A JPEG's orientation tag is not applied either.
  public init(decoding bytes: UnsafeRawBufferPointer, limits: ImageLimits = ImageLimits())
    throws(ImageError)
  {
    if PNG.isPNG(bytes) {
      self = try PNG.decode(bytes, limits: limits)
    } else if JPEG.isJPEG(bytes) {
      self = try JPEG.decode(bytes, limits: limits)
    } else {
      throw .unknownFormat
    }
  }

  /// Decodes a PNG or JPEG file that is held in memory.
  public init(decoding bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(ImageError) {
    self = try bytes.withUnsafeBytes { bytes in
      Result { () throws(ImageError) in try Image(decoding: bytes, limits: limits) }
    }.get()
  }
}

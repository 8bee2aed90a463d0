/// A decoded picture: rows of pixels from the top, four bytes each (red, green, blue, alpha).
public struct Image: Equatable, Sendable {
  /// The pixels in a row.
  public let width: Int
  /// The rows.
  public let height: Int
  private let content: Content

  private enum Content {
    case pixels([UInt8])
    /// A file's rows that are not pixels yet; what becomes a digit needs but their alpha.
    case drawing(PNGDrawing)
  }

  /// A picture of the given pixels; there must be four bytes for each.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == width * height * 4,
      "\(pixels.count) bytes given, \(width)x\(height) pixels take \(width * height * 4)")
    self.width = width
    self.height = height
    content = .pixels(pixels)
  }

  /// The picture that a drawing's rows are.
  init(_ drawing: PNGDrawing) {
    width = drawing.rows.width
    height = drawing.rows.height
    content = .drawing(drawing)
  }

  /// Red, green, blue and alpha of each pixel; colours are not multiplied by alpha.
  public var pixels: [UInt8] {
    switch content {
    case .pixels(let pixels): pixels
    case .drawing(let drawing): drawing.pixels ?? []
    }
  }

  /// The alpha of each pixel.
  var alpha: [UInt8] {
    if case .drawing(let drawing) = content { return drawing.alpha }
    return pixels.withUnsafeBytes { pixels in
      [UInt8](unsafeUninitializedCapacity: width * height) { alpha, count in
        for index in 0..<(width * height) {
          let pixel = pixels.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
          alpha[index] = UInt8(truncatingIfNeeded: UInt32(littleEndian: pixel) >> 24)
        }
        count = width * height
      }
    }
  }

  /// Whether both have the same pixels.
  public static func == (first: Image, second: Image) -> Bool {
    (first.width, first.height) == (second.width, second.height) && first.pixels == second.pixels
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

import CPNG

/// PNG files: the common kinds through ``PlainPNG``, all others through libpng.
public enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Whether `bytes` begin as a PNG file does.
  static func isPNG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: signature)
  }

  /// Decodes a PNG file of any colour type, bit depth and interlacing.
  static func decode(_ bytes: UnsafeRawBufferPointer, limits: ImageLimits) throws(ImageError)
    -> Image
  {
    let (width, height) = try size(bytes)
    try limits.check(width: width, height: height)
    if let image = PlainPNG.decode(bytes.dropFirst(signature.count)) { return image }
    return try decodeByLibrary(bytes, width: width, height: height)
  }

  /// Decodes a file of the given size with libpng, which says what is wrong with it if anything is.
  static func decodeByLibrary(
    _ bytes: UnsafeRawBufferPointer, width: Int, height: Int
  ) throws(ImageError) -> Image {
    var message = [CChar](repeating: 0, count: 128)
    var decoded = false
    let count = width * height * 4
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 0)
      decoded = cpng_decode(
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, UInt32(width),
        UInt32(height), buffer.baseAddress, &message, message.count)
      initialized = count
    }
    guard decoded else { throw .damaged(format: "PNG", reason: text(message)) }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The width and the height in the header chunk, which comes first.
  private static func size(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> (Int, Int) {
    let header = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(signature.count).prefix(16))
    guard header.count == 16, header.dropFirst(4).starts(with: Array("IHDR".utf8)) else {
      throw .damaged(format: "PNG", reason: "it does not begin with a header chunk")
    }
    let width = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    let height = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    return (Int(width), Int(height))
  }

  /// An 8-bit grey PNG file of `width` x `height` pixels, one byte each.
  public static func encode(grey: [UInt8], width: Int, height: Int) throws(ImageError)
    -> [UInt8]
  {
    precondition(
      grey.count == width * height,
      "\(grey.count) bytes given, \(width)x\(height) pixels take \(width * height)")
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = UInt32(PNG_FORMAT_GRAY)
    // Deflate stores what it cannot shrink: the bound covers that, the filter bytes and the chunks.
    var count = grey.count + grey.count / 500 + height + 4096
    var file = [UInt8](repeating: 0, count: count)
    guard png_image_write_to_memory(&image, &file, &count, 0, grey, Int32(width), nil) != 0 else {
      let message = withUnsafeBytes(of: image.message) { $0.map { CChar(bitPattern: $0) } }
      throw .damaged(format: "PNG", reason: text(message))
    }
    return Array(file.prefix(count))
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

import CTurboJPEG

/// JPEG files, through libturbojpeg.
enum JPEG {
  /// Whether `bytes` begin as a JPEG file does.
  static func isJPEG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0xff, 0xd8, 0xff])
  }

  /// Decodes a baseline or progressive file of grey, of colour, or of the four inks of print.
  static func decode(_ bytes: UnsafeRawBufferPointer, limits: ImageLimits) throws(ImageError)
    -> Image
  {
    guard let decompressor = tjInitDecompress() else {
      throw .damaged(format: "JPEG", reason: "out of memory")
    }
    defer { tjDestroy(decompressor) }
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let length = UInt(bytes.count)
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let status = tjDecompressHeader3(
      decompressor, start, length, &width, &height, &subsampling, &colours)
    guard status == 0 else { throw failure(decompressor) }
    try limits.check(width: Int(width), height: Int(height))

    let isPrint = [TJCS_CMYK, TJCS_YCCK].contains { Int32($0.rawValue) == colours }
    let format = isPrint ? TJPF_CMYK : TJPF_RGBA
    var decoded = false
    let count = Int(width) * Int(height) * 4
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 255)
      decoded =
        tjDecompress2(
          decompressor, start, length, buffer.baseAddress, width, 0, height,
          Int32(format.rawValue), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0
      if isPrint { makeColours(buffer) }
      initialized = count
    }
    guard decoded else { throw failure(decompressor) }
    return Image(width: Int(width), height: Int(height), pixels: pixels)
  }

  /// Makes red, green, blue and alpha of four inks, as Pillow does: files hold how little there is of
  /// each (Adobe's convention).
  private static func makeColours(_ pixels: UnsafeMutableBufferPointer<UInt8>) {
    for index in stride(from: 0, to: pixels.count, by: 4) {
      let light = Int(pixels[index + 3])
      for channel in index..<(index + 3) {
        let product = (255 - Int(pixels[channel])) * light + 128
        pixels[channel] = UInt8(light - ((product >> 8) + product) >> 8)
      }
      pixels[index + 3] = 255
    }
  }

  private static func failure(_ decompressor: tjhandle) -> ImageError {
    let reason = tjGetErrorStr2(decompressor).map { String(cString: $0) } ?? "unknown error"
    return .damaged(format: "JPEG", reason: reason)
  }
}

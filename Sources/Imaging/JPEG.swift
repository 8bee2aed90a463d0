import CTurboJPEG

/// JPEG files, through libturbojpeg.
enum JPEG {
  /// Whether `bytes` begin as a JPEG file does.
  static func isJPEG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0xff, 0xd8, 0xff])
  }

  /// Decodes a baseline or progressive file of grey or colour.
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

    var decoded = false
    let count = Int(width) * Int(height) * 4
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 255)
      decoded =
        tjDecompress2(
          decompressor, start, length, buffer.baseAddress, width, 0, height,
          Int32(TJPF_RGBA.rawValue), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0
      initialized = count
    }
    guard decoded else { throw failure(decompressor) }
    return Image(width: Int(width), height: Int(height), pixels: pixels)
  }

  private static func failure(_ decompressor: tjhandle) -> ImageError {
    let reason = tjGetErrorStr2(decompressor).map { String(cString: $0) } ?? "unknown error"
    return .damaged(format: "JPEG", reason: reason)
  }
}

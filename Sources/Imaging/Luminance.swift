extension Image {
  /// The luminance of each pixel, as Pillow's mode `L` has it: alpha is left out.
  func luminance() -> [UInt8] {
    perPixel { luminance, _ in luminance }
  }

  /// The luminance of each pixel on white paper.
  func luminanceOverWhite() -> [UInt8] {
    perPixel { luminance, alpha in
      (luminance * alpha + 255 * (255 - alpha) + 127) / 255
    }
  }

  /// A number for each pixel, made of its luminance and its alpha.
  ///
  /// Luminance is ITU-R 601-2 luma, in 16-bit fixed point; a grey pixel's is its value.
  private func perPixel(_ number: (_ luminance: UInt32, _ alpha: UInt32) -> UInt32) -> [UInt8] {
    pixels.withUnsafeBufferPointer { pixels in
      [UInt8](unsafeUninitializedCapacity: width * height) { numbers, count in
        for index in 0..<(width * height) {
          let red = UInt32(pixels[index * 4]) * 19_595
          let green = UInt32(pixels[index * 4 + 1]) * 38_470
          let blue = UInt32(pixels[index * 4 + 2]) * 7471
          let luminance = (red + green + blue + 0x8000) >> 16
          numbers[index] = UInt8(number(luminance, UInt32(pixels[index * 4 + 3])))
        }
        count = width * height
      }
    }
  }
}

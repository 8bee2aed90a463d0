extension Image {
  /// The luminance of each pixel, as Pillow's mode `L` has it: alpha is left out.
  func luminance() -> [UInt8] {
    stride(from: 0, to: pixels.count, by: 4).map(luminance(at:))
  }

  /// The luminance of each pixel on white paper.
  func luminanceOverWhite() -> [UInt8] {
    stride(from: 0, to: pixels.count, by: 4).map { index in
      let alpha = Int(pixels[index + 3])
      let mixed = Int(luminance(at: index)) * alpha + 255 * (255 - alpha)
      return UInt8((mixed + 127) / 255)
    }
  }

  /// ITU-R 601-2 luma, in 16-bit fixed point; a grey pixel's is its value.
  private func luminance(at index: Int) -> UInt8 {
    let red = Int(pixels[index]) * 19_595
    let green = Int(pixels[index + 1]) * 38_470
    let blue = Int(pixels[index + 2]) * 7471
    return UInt8((red + green + blue + 0x8000) >> 16)
  }
}

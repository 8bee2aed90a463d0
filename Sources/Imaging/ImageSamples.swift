extension Image {
  /// The picture as a model's input of `height` x `width` x `channels` numbers takes it.
  ///
  /// One channel is luminance, three are red, green and blue, four have alpha as well; nil for any
  /// other count. Numbers go from 0 to 255 and are multiplied by `scale`. A picture of another size
  /// is resized as Pillow's `BILINEAR` does it; one of the same size keeps its numbers.
  public func samples(width: Int, height: Int, channels: Int, scale: Float = 1) -> [Float]? {
    let planes: [Plane]
    switch channels {
    case 1:
      planes = [plane(luminance(), pixelStride: 1, channel: 0, width: width, height: height)]
    case 3, 4:
      let pixels = pixels
      planes = (0..<channels).map {
        plane(pixels, pixelStride: 4, channel: $0, width: width, height: height)
      }
    default:
      return nil
    }
    return (0..<width * height).flatMap { index in planes.map { $0.values[index] * scale } }
  }

  private func plane(
    _ bytes: [UInt8], pixelStride: Int, channel: Int, width: Int, height: Int
  ) -> Plane {
    bytes.withUnsafeBufferPointer { bytes in
      ByteGrid(
        bytes: bytes, origin: channel, width: self.width, height: self.height,
        pixelStride: pixelStride, rowStride: pixelStride * self.width
      ).resampled(width: width, height: height, by: .bilinear)
    }
  }
}

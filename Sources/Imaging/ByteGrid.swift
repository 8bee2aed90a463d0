/// A rectangle of a picture whose pixels' bytes lie `pixelStride` apart, rows `rowStride` apart.
struct ByteGrid {
  /// The bytes, of which `origin` is the first.
  let bytes: UnsafeBufferPointer<UInt8>
  /// Where the rectangle's first byte is.
  let origin: Int
  /// The pixels in a row.
  let width: Int
  /// The rows.
  let height: Int
  /// The bytes from one pixel to the next.
  let pixelStride: Int
  /// The bytes from one row to the next.
  let rowStride: Int
}

/// One number for each pixel of a picture, row after row.
struct Plane: Equatable {
  /// The numbers in a row.
  let width: Int
  /// The rows.
  let height: Int
  /// The numbers, `width` for each row.
  var values: [Float]

  /// A plane of the given numbers; there must be one for each pixel.
  init(width: Int, height: Int, values: [Float]) {
    precondition(
      values.count == width * height,
      "\(values.count) numbers given, \(width)x\(height) pixels take \(width * height)")
    self.width = width
    self.height = height
    self.values = values
  }

  /// A plane whose numbers are all `value`.
  init(width: Int, height: Int, repeating value: Float = 0) {
    self.init(
      width: width, height: height, values: Array(repeating: value, count: width * height))
  }

  /// The number at a place.
  subscript(x: Int, y: Int) -> Float {
    get { values[y * width + x] }
    set { values[y * width + x] = newValue }
  }
}

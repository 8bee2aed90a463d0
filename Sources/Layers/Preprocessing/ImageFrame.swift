import Tensors

/// A part of a picture, or a picture with a margin: where it begins in the picture, which may be
/// before its first row or column, and its size.
struct ImageFrame: Equatable, Sendable {
  var top: Int
  var left: Int
  var height: Int
  var width: Int

  /// The whole of a picture.
  init(height: Int, width: Int) {
    (top, left, self.height, self.width) = (0, 0, height, width)
  }

  /// The largest part from the middle whose sides stand as the target's.
  ///
  /// Keras: `smart_resize`; the sizes are computed in single precision.
  init(croppingTo target: (height: Int, width: Int), height: Int, width: Int) {
    let sides = Self.sides(of: target, height: height, width: width)
    self.height = max(min(height, sides.height), 1)
    self.width = max(min(width, sides.width), 1)
    top = (height - self.height) / 2
    left = (width - self.width) / 2
  }

  /// The part of the target's size that begins where the largest part of its proportions does, as
  /// far as the picture reaches.
  ///
  /// Keras 3.6: `RandomCrop.transform_images`.
  init(cutting target: (height: Int, width: Int), height: Int, width: Int) {
    self.init(croppingTo: target, height: height, width: width)
    self.height = min(target.height, height - top)
    self.width = min(target.width, width - left)
  }

  /// The picture with margins, either above and below or on both sides, so that its sides stand
  /// about as the target's.
  init(paddingTo target: (height: Int, width: Int), height: Int, width: Int) {
    let sides = Self.sides(of: target, height: height, width: width)
    let above = (max(height, sides.height) - height) / 2
    let beside = above > 0 ? 0 : (max(width, sides.width) - width) / 2
    (top, left) = (-above, -beside)
    (self.height, self.width) = (height + 2 * above, width + 2 * beside)
  }

  /// Each side as the other one asks for.
  private static func sides(
    of target: (height: Int, width: Int), height: Int, width: Int
  ) -> (height: Int, width: Int) {
    (
      Int(Float(width * target.height) / Float(target.width)),
      Int(Float(height * target.width) / Float(target.height))
    )
  }

  /// The part of the given size in the middle.
  init(middle size: (height: Int, width: Int), of height: Int, _ width: Int) {
    (self.height, self.width) = size
    top = (height - size.height) / 2
    left = (width - size.width) / 2
  }

  /// Copies the frame of each picture of a batch, `fill` where a margin is.
  func copy(
    _ x: UnsafePointer<Float>, of shape: Shape, into y: UnsafeMutablePointer<Float>, fill: Float
  ) {
    let (rows, columns, channels) = (shape[1], shape[2], shape[3])
    let inside = max(left, 0)..<max(min(left + width, columns), max(left, 0))
    for item in 0..<shape[0] {
      for row in 0..<height {
        let line = y + (item * height + row) * width * channels
        if left < 0 || left + width > columns || !(0..<rows).contains(top + row) {
          line.update(repeating: fill, count: width * channels)
        }
        guard (0..<rows).contains(top + row) else { continue }
        let from = x + ((item * rows + top + row) * columns + inside.lowerBound) * channels
        (line + (inside.lowerBound - left) * channels)
          .update(from: from, count: inside.count * channels)
      }
    }
  }
}

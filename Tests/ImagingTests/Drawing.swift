import Imaging

/// A picture to draw discs and bars on, with soft edges.
struct Drawing {
  let width: Int
  let height: Int
  /// How much ink each pixel holds, from 0 to 1.
  var ink: [Double]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    ink = Array(repeating: 0, count: width * height)
  }

  /// Draws a line with a round pen, anti-aliased.
  mutating func stroke(from a: (Double, Double), to b: (Double, Double), pen: Double) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1)
    let length = max(dx * dx + dy * dy, 1e-9)
    for y in 0..<height {
      for x in 0..<width {
        let (px, py) = (Double(x) + 0.5 - a.0, Double(y) + 0.5 - a.1)
        let t = min(max((px * dx + py * dy) / length, 0), 1)
        let (ex, ey) = (px - t * dx, py - t * dy)
        let distance = (ex * ex + ey * ey).squareRoot()
        let cover = min(max(pen / 2 - distance + 0.5, 0), 1)
        ink[y * width + x] = max(ink[y * width + x], cover)
      }
    }
  }

  /// A seven, its corner at `origin`.
  static func seven(
    width: Int = 160, height: Int = 140, at origin: (Double, Double) = (40, 30), size: Double = 60,
    pen: Double = 8
  ) -> Drawing {
    var drawing = Drawing(width: width, height: height)
    let corner = (origin.0 + size * 0.6, origin.1)
    drawing.stroke(from: origin, to: corner, pen: pen)
    drawing.stroke(from: corner, to: (origin.0 + size * 0.2, origin.1 + size), pen: pen)
    return drawing
  }

  /// Ink of a colour on nothing, as a canvas element gives it.
  func onTransparent(color: (UInt8, UInt8, UInt8) = (0, 0, 0)) -> Image {
    image { [color.0, color.1, color.2, UInt8(($0 * 255).rounded())] }
  }

  /// Ink of one grey on paper of another.
  func onPaper(_ paper: Double, ink: Double) -> Image {
    image { amount in
      let grey = UInt8((paper + (ink - paper) * amount).rounded())
      return [grey, grey, grey, 255]
    }
  }

  private func image(_ pixel: (Double) -> [UInt8]) -> Image {
    Image(width: width, height: height, pixels: ink.flatMap(pixel))
  }
}

import Foundation

/// A place on the canvas, whose sides are 1.
struct Place {
  var x: Double
  var y: Double
}

/// Digits as strokes of a steady hand.
enum Handwriting {
  /// The strokes of a digit.
  static func strokes(of digit: Int) -> [[Place]] {
    switch digit {
    case 0: [arc(0.5, 0.5, 0.17, 0.28, from: -90, to: 275)]
    case 1: [line(0.5, 0.2, 0.5, 0.8)]
    case 2:
      [
        arc(0.48, 0.36, 0.17, 0.15, from: -170, to: 30) + line(0.62, 0.44, 0.32, 0.76)
          + line(0.32, 0.76, 0.68, 0.76)
      ]
    case 3:
      [
        arc(0.48, 0.32, 0.17, 0.14, from: -150, to: 90)
          + arc(0.48, 0.63, 0.2, 0.17, from: -90, to: 150)
      ]
    case 4:
      [
        line(0.56, 0.2, 0.32, 0.58) + line(0.32, 0.58, 0.7, 0.58), line(0.58, 0.42, 0.58, 0.82),
      ]
    case 5:
      [
        line(0.66, 0.22, 0.38, 0.22) + line(0.38, 0.22, 0.36, 0.46)
          + arc(0.48, 0.6, 0.17, 0.17, from: -125, to: 150)
      ]
    case 6:
      [
        arc(0.62, 0.5, 0.28, 0.32, from: -100, to: -180)
          + arc(0.5, 0.62, 0.16, 0.16, from: 180, to: -180)
      ]
    case 7: [line(0.3, 0.24, 0.68, 0.24) + line(0.68, 0.24, 0.46, 0.8)]
    case 8:
      [
        arc(0.5, 0.36, 0.13, 0.13, from: 90, to: -270),
        arc(0.5, 0.63, 0.16, 0.15, from: -90, to: 270),
      ]
    default: [arc(0.5, 0.36, 0.15, 0.15, from: 0, to: -360) + line(0.65, 0.36, 0.6, 0.8)]
    }
  }

  /// A straight line.
  static func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> [Place] {
    (0...8).map { step in
      let t = Double(step) / 8
      return Place(x: x0 + (x1 - x0) * t, y: y0 + (y1 - y0) * t)
    }
  }

  /// A part of an ellipse between two angles in degrees, clockwise from the right.
  static func arc(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, from start: Double,
    to end: Double
  ) -> [Place] {
    (0...18).map { step in
      let angle = (start + (end - start) * Double(step) / 18) * .pi / 180
      return Place(x: x + width * cos(angle), y: y + height * sin(angle))
    }
  }
}

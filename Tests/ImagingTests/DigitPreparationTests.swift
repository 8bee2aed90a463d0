import Imaging
import Testing

@Suite("Digit preparation")
struct DigitPreparationTests {
  let seven = Drawing.seven()

  private func massCenter(_ digit: [Float]) -> (x: Float, y: Float) {
    var (mass, x, y) = (Float(0), Float(0), Float(0))
    for (index, value) in digit.enumerated() {
      mass += value
      x += value * (Float(index % 28) + 0.5)
      y += value * (Float(index / 28) + 0.5)
    }
    return (x / mass, y / mass)
  }

  private func inkedBox(_ digit: [Float]) -> (width: Int, height: Int) {
    let inked = digit.indices.filter { digit[$0] > 0 }
    let (columns, rows) = (inked.map { $0 % 28 }, inked.map { $0 / 28 })
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(),
      let bottom = rows.max()
    else { return (0, 0) }
    return (right - left + 1, bottom - top + 1)
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("gives 784 numbers from 0 to 1, the strongest of them 1")
  func range() {
    let digit = DigitPreparation.prepare(seven.onTransparent())
    #expect(digit.count == 784)
    #expect(digit.min() == 0 && digit.max() == 1)
  }

  @Test("fits the longer side to 20 pixels and keeps the aspect ratio")
  func box() {
    let box = inkedBox(DigitPreparation.prepare(seven.onTransparent()))
    #expect(box.height == 20)
    #expect(box.width == Int((Double(20) * 44 / 68).rounded()))
  }

  @Test(
    "puts the centre of mass in the middle",
    arguments: [(5.0, 5.0, 20.0, 3.0), (60, 50, 70, 14), (90, 10, 40, 5), (10, 70, 50, 9)])
  func massCentred(x: Double, y: Double, size: Double, pen: Double) {
    let drawing = Drawing.seven(at: (x, y), size: size, pen: pen)
    let center = massCenter(DigitPreparation.prepare(drawing.onTransparent()))
    #expect(abs(center.x - 14) <= 0.501 && abs(center.y - 14) <= 0.501, "\(center)")
  }

  @Test(
    "does not depend on where the digit is",
    arguments: [(10.0, 8.0), (80, 40), (11, 61), (100, 70)])
  func translation(x: Double, y: Double) {
    let moved = Drawing.seven(at: (x, y)).onTransparent()
    #expect(
      DigitPreparation.prepare(moved) == DigitPreparation.prepare(seven.onTransparent()))
  }

  @Test("hardly depends on how large the digit is")
  func scale() {
    let large = Drawing.seven(width: 420, height: 420, at: (80, 60), size: 240, pen: 32)
    let digits = [seven, large].map { DigitPreparation.prepare($0.onTransparent()) }
    #expect(difference(digits[0], digits[1]) < 0.35)
    let mean = zip(digits[0], digits[1]).map { abs($0 - $1) }.reduce(0, +) / 784
    #expect(mean < 0.012, "\(mean)")
  }

  @Test(
    "takes alpha for ink, whatever the colour", arguments: [(0, 0, 0), (255, 255, 255), (5, 5, 5)])
  func anyColor(red: UInt8, green: UInt8, blue: UInt8) {
    let image = seven.onTransparent(color: (red, green, blue))
    #expect(
      DigitPreparation.prepare(image) == DigitPreparation.prepare(seven.onTransparent()))
  }

  @Test("reads ink on white, on black, and on grey noise alike")
  func opaque() {
    let expected = DigitPreparation.prepare(seven.onTransparent())
    for image in [seven.onPaper(255, ink: 0), seven.onPaper(0, ink: 255)] {
      #expect(difference(DigitPreparation.prepare(image), expected) < 0.02)
    }
    var photo = seven.onPaper(190, ink: 40).pixels
    for index in stride(from: 0, to: photo.count, by: 4) {
      let noise = UInt8(index &* 2_654_435_761 >> 7 & 7)
      for channel in 0..<3 { photo[index + channel] += noise }
    }
    let image = Image(width: seven.width, height: seven.height, pixels: photo)
    #expect(difference(DigitPreparation.prepare(image), expected) < 0.15)
  }

  @Test("gives zeros where there is no ink")
  func empty() {
    let canvas = Drawing(width: 90, height: 70)
    for image in [canvas.onTransparent(), canvas.onPaper(255, ink: 0), canvas.onPaper(90, ink: 0)] {
      #expect(DigitPreparation.prepare(image) == Array(repeating: 0, count: 784))
    }
  }

  @Test("keeps digits that touch the border")
  func touchingBorder() {
    var drawing = Drawing(width: 40, height: 40)
    drawing.stroke(from: (20, 0), to: (20, 40), pen: 12)
    for image in [drawing.onTransparent(), drawing.onPaper(255, ink: 0)] {
      #expect(inkedBox(DigitPreparation.prepare(image)).height == 20)
    }
  }

  @Test("makes a tap a dot and a hair line a visible one")
  func smallInk() {
    var dot = Drawing(width: 280, height: 280)
    dot.stroke(from: (50, 50), to: (50, 50), pen: 14)
    #expect(inkedBox(DigitPreparation.prepare(dot.onTransparent())).width == 20)
    var line = Drawing(width: 280, height: 280)
    line.stroke(from: (200, 20), to: (200, 260), pen: 1)
    let digit = DigitPreparation.prepare(line.onTransparent())
    #expect(inkedBox(digit).height == 20 && digit.max() == 1)
  }

  @Test("passes a prepared digit unchanged")
  func prepared() {
    let inner = DigitPreparation.prepare(Drawing.seven(at: (3, 3), size: 30).onTransparent())
    var grey = inner.map { UInt8(($0 * 255).rounded()) }
    grey.rotate(by: 3)
    let image = Image(width: 28, height: 28, grey: grey)
    #expect(DigitPreparation.prepare(image) == grey.map { Float($0) / 255 })
    let inverted = Image(width: 28, height: 28, grey: grey.map { 255 - $0 })
    #expect(DigitPreparation.prepare(inverted) == grey.map { Float($0) / 255 })
  }
}

extension [UInt8] {
  fileprivate mutating func rotate(by count: Int) {
    self = Array(self[count...] + self[..<count])
  }
}

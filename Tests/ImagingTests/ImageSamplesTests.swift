import Imaging
import Testing

@Suite("Pictures as a model's input")
struct ImageSamplesTests {
  let image = Image(
    width: 2, height: 2,
    pixels: [10, 20, 30, 255, 40, 50, 60, 0, 70, 80, 90, 128, 100, 110, 120, 255])

  @Test("keeps the numbers of a picture that has the right size")
  func sameSize() {
    #expect(
      image.samples(width: 2, height: 2, channels: 3)
        == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
    #expect(
      image.samples(width: 2, height: 2, channels: 4)
        == [10, 20, 30, 255, 40, 50, 60, 0, 70, 80, 90, 128, 100, 110, 120, 255])
  }

  @Test("gives one channel as luminance")
  func luminance() {
    #expect(image.samples(width: 2, height: 2, channels: 1) == [18, 48, 78, 108])
  }

  @Test("multiplies by a scale")
  func scale() {
    let grey = Image(width: 1, height: 1, grey: [51])
    #expect(
      grey.samples(width: 1, height: 1, channels: 1, scale: 1 / 255) == [Float(51) * (1 / 255)])
  }

  @Test("shrinks to averages")
  func shrinking() throws {
    let stripes = Image(width: 8, height: 1, grey: [0, 200, 0, 200, 0, 200, 0, 200])
    let shrunk = try #require(stripes.samples(width: 2, height: 1, channels: 1))
    #expect(shrunk.allSatisfy { abs($0 - 100) < 15 }, "\(shrunk)")
  }

  @Test("grows by interpolation, as Pillow's BILINEAR does")
  func growing() throws {
    let ramp = Image(width: 2, height: 1, grey: [0, 100])
    let grown = try #require(ramp.samples(width: 4, height: 1, channels: 1))
    #expect(zip(grown, [0, 25, 75, 100]).allSatisfy { abs($0 - $1) < 1e-4 }, "\(grown)")
  }

  @Test("keeps a flat picture flat at any size", arguments: [(1, 1), (3, 5), (7, 2), (31, 17)])
  func flat(width: Int, height: Int) throws {
    let flat = Image(width: 5, height: 4, grey: Array(repeating: 77, count: 20))
    let samples = try #require(flat.samples(width: width, height: height, channels: 1))
    #expect(samples.count == width * height)
    #expect(samples.allSatisfy { abs($0 - 77) < 1e-3 })
  }

  @Test("has no samples for two or five channels", arguments: [0, 2, 5])
  func channels(count: Int) {
    #expect(image.samples(width: 2, height: 2, channels: count) == nil)
  }
}

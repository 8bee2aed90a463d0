import Tensors
import Testing

@Suite("Winograd's method")
struct WinogradTests {
  /// A convolution's sizes.
  struct Sizes: Sendable, CustomStringConvertible {
    var images = 1
    var height: Int
    var width: Int
    var channels: Int
    var filters: Int
    var top = 0
    var left = 0
    var bottom = 0
    var right = 0

    var outHeight: Int { height + top + bottom - 2 }
    var outWidth: Int { width + left + right - 2 }
    var description: String {
      "\(images)x\(height)x\(width)x\(channels) to \(filters), \(top) \(left) \(bottom) \(right)"
    }

    /// Calls `body` with the positions in outputs, inputs and kernel of all products.
    func forEachProduct(_ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
      for pixel in 0..<images * outHeight * outWidth {
        let (image, y, x) = (
          pixel / (outHeight * outWidth), pixel / outWidth % outHeight, pixel % outWidth
        )
        for tap in 0..<9 {
          let (row, column) = (y + tap / 3 - top, x + tap % 3 - left)
          guard row >= 0, row < height, column >= 0, column < width else { continue }
          let input = ((image * height + row) * width + column) * channels
          for channel in 0..<channels {
            for filter in 0..<filters {
              body(
                pixel * filters + filter, input + channel,
                (tap * channels + channel) * filters + filter)
            }
          }
        }
      }
    }
  }

  private static let sizes = [
    Sizes(height: 9, width: 7, channels: 3, filters: 5, top: 1, left: 1, bottom: 1, right: 1),
    Sizes(images: 3, height: 6, width: 10, channels: 20, filters: 33),
    Sizes(height: 8, width: 8, channels: 64, filters: 16, left: 2, right: 1),
    Sizes(images: 2, height: 3, width: 4, channels: 17, filters: 40, bottom: 3),
  ]

  @Test(arguments: CPUKernels.available, sizes)
  func staysCloseToDoublePrecision(kernels: CPUKernels, sizes: Sizes) {
    for tile in [4, 2] { check(kernels, sizes, tile: tile) }
  }

  private func check(_ kernels: CPUKernels, _ sizes: Sizes, tile: Int) {
    let tiling = WinogradImages(
      tile: tile, images: sizes.images, input: (sizes.height, sizes.width, sizes.channels),
      output: (sizes.outHeight, sizes.outWidth, sizes.filters), padding: (sizes.top, sizes.left))
    tiling.expectClose(
      kernels, taps: [3, 3], pixels: sizes.images * sizes.height * sizes.width,
      outputs: sizes.images * sizes.outHeight * sizes.outWidth, sizes.forEachProduct)
  }
}

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
    var numbers = Numbers(seed: UInt64(sizes.channels))
    let input = numbers.floats(sizes.images * sizes.height * sizes.width * sizes.channels)
    // Sums of about 1, where tanh is neither flat nor steep.
    let size = 1 / Float(sizes.channels).squareRoot()
    let kernel = numbers.floats(9 * sizes.channels * sizes.filters, in: -size...size)
    let scale = numbers.floats(sizes.filters, in: 0.5...2)
    let bias = numbers.floats(sizes.filters)
    let count = sizes.images * sizes.outHeight * sizes.outWidth * sizes.filters
    let residual = numbers.floats(count)
    var expected = [Double](repeating: 0, count: count)
    sizes.forEachProduct {
      expected[$0] += Double(input[$1]) * Double(kernel[$2]) * Double(scale[$2 % sizes.filters])
    }
    for index in expected.indices {
      expected[index] += Double(bias[index % sizes.filters]) + Double(residual[index])
    }
    let tiling = WinogradImages(
      tile: tile, images: sizes.images, input: (sizes.height, sizes.width, sizes.channels),
      output: (sizes.outHeight, sizes.outWidth, sizes.filters), padding: (sizes.top, sizes.left))
    let weights = WinogradWeights(
      Tensor([3, 3, sizes.channels, sizes.filters], kernel), for: tiling, scale: scale,
      kernels: kernels)
    for activation in [Activation.linear, .relu, .tanh] {
      let found = tiling.convolution(input, weights, bias, residual, activation)
      #expect(farthest(found, expected.map { Formulas.value(activation, $0) }) < 1e-5)
    }
  }
}

extension WinogradTiling {
  /// The convolution in blocks of five tiles.
  func convolution(
    _ input: [Float], _ weights: WinogradWeights, _ bias: [Float], _ residual: [Float],
    _ activation: Activation
  ) -> [Float] {
    var output = [Float](repeating: .nan, count: residual.count)
    for first in stride(from: 0, to: tileCount, by: 5) {
      let tiles = first..<min(first + 5, tileCount)
      let rows = rows(of: tiles)
      var v = [Float](repeating: .nan, count: positions * rows.count * channels)
      var m = [Float](repeating: .nan, count: positions * tiles.count * filters)
      transformInput(
        rows: rows, input, into: &v, stride: rows.count * channels, weights.kernels)
      for position in 0..<positions {
        v.withUnsafeBufferPointer { v in
          m.withUnsafeMutableBufferPointer { m in
            guard let v = v.baseAddress, let m = m.baseAddress else { return }
            multiply(
              position, tiles: tiles.count, by: weights, v + position * rows.count * channels,
              into: m + position * tiles.count * filters)
          }
        }
      }
      bias.withUnsafeBufferPointer { bias in
        residual.withUnsafeBufferPointer { residual in
          transformOutput(
            tiles: tiles, m, stride: tiles.count * filters, into: &output,
            Epilogue(
              bias: bias.baseAddress, residual: residual.baseAddress, activation: activation),
            weights.kernels)
        }
      }
    }
    return output
  }
}

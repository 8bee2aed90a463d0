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
    let weights = WinogradWeights(
      Tensor([3, 3, sizes.channels, sizes.filters], kernel), tile: tile, scale: scale,
      kernels: kernels)
    for activation in [Activation.linear, .relu, .tanh] {
      let found = run(sizes, tile, input, weights, bias, residual, activation)
      #expect(farthest(found, expected.map { Formulas.value(activation, $0) }) < 1e-5)
    }
  }

  /// The convolution in blocks of some tiles.
  private func run(
    _ sizes: Sizes, _ tile: Int, _ input: [Float], _ weights: WinogradWeights,
    _ bias: [Float], _ residual: [Float], _ activation: Activation
  ) -> [Float] {
    let shape = WinogradShape(
      tile: tile, input: (sizes.height, sizes.width, sizes.channels),
      output: (sizes.outHeight, sizes.outWidth, sizes.filters), padding: (sizes.top, sizes.left))
    let tiles = sizes.images * shape.tilesPerImage
    var output = [Float](repeating: .nan, count: residual.count)
    for first in stride(from: 0, to: tiles, by: 5) {
      let block = first..<min(first + 5, tiles)
      var v = [Float](repeating: .nan, count: weights.positions * block.count * sizes.channels)
      var m = [Float](repeating: .nan, count: weights.positions * block.count * sizes.filters)
      weights.kernels.winogradInput(
        shape, tiles: block, input, into: &v, stride: block.count * sizes.channels)
      for position in 0..<weights.positions {
        v.withUnsafeBufferPointer { v in
          m.withUnsafeMutableBufferPointer { m in
            guard let v = v.baseAddress, let m = m.baseAddress else { return }
            weights.kernels.product(
              rows: block.count, inner: sizes.channels, columns: sizes.filters,
              a: v + position * block.count * sizes.channels, aStride: sizes.channels,
              panels: weights.matrix(position), c: m + position * block.count * sizes.filters,
              cStride: sizes.filters)
          }
        }
      }
      bias.withUnsafeBufferPointer { bias in
        residual.withUnsafeBufferPointer { residual in
          weights.kernels.winogradOutput(
            shape, tiles: block, m, stride: block.count * sizes.filters, into: &output,
            epilogue: Epilogue(
              bias: bias.baseAddress, residual: residual.baseAddress, activation: activation))
        }
      }
    }
    return output
  }
}

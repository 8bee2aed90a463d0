import Tensors
import Testing

@Suite("Winograd's method along one axis")
struct WinogradLineTests {
  /// A convolution's sizes.
  struct Sizes: Sendable, CustomStringConvertible {
    var taps: Int
    var outer = 1
    var length: Int
    var inner = 1
    var channels: Int
    var filters: Int
    var front = 0
    var behind = 0

    var outLength: Int { length + front + behind - taps + 1 }
    var description: String {
      "\(taps) taps over \(outer)x\(length)x\(inner)x\(channels) to \(filters), \(front) \(behind)"
    }

    /// Calls `body` with the positions in outputs, inputs and kernel of all products.
    func forEachProduct(_ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
      for pixel in 0..<outer * outLength * inner {
        let (line, x) = (pixel / inner / outLength, pixel / inner % outLength)
        for tap in 0..<taps where (0..<length).contains(x + tap - front) {
          let input = ((line * length + x + tap - front) * inner + pixel % inner) * channels
          for index in 0..<channels * filters {
            body(
              pixel * filters + index % filters, input + index / filters,
              tap * channels * filters + index)
          }
        }
      }
    }
  }

  private static let sizes = [
    Sizes(taps: 3, outer: 2, length: 13, channels: 5, filters: 7, front: 1, behind: 1),
    Sizes(taps: 4, length: 40, channels: 33, filters: 17, front: 3),
    Sizes(taps: 5, outer: 3, length: 12, inner: 4, channels: 16, filters: 40, front: 2, behind: 2),
    Sizes(taps: 7, outer: 2, length: 9, inner: 3, channels: 20, filters: 16),
    Sizes(taps: 9, outer: 4, length: 30, channels: 18, filters: 33, front: 4, behind: 4),
    Sizes(taps: 13, outer: 3, length: 14, channels: 3, filters: 5, front: 12),
  ]

  @Test(arguments: CPUKernels.available, sizes)
  func staysCloseToDoublePrecision(kernels: CPUKernels, sizes: Sizes) {
    let tiling = WinogradLines(
      taps: sizes.taps, outer: sizes.outer, inner: sizes.inner,
      input: (sizes.length * sizes.inner, sizes.channels),
      output: (sizes.outLength * sizes.inner, sizes.filters),
      padding: sizes.front)
    tiling.expectClose(
      kernels, taps: [sizes.taps], pixels: sizes.outer * sizes.length * sizes.inner,
      outputs: sizes.outer * sizes.outLength * sizes.inner, sizes.forEachProduct)
  }
}

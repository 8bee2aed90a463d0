import Tensors

/// An input with zeros beside its rows, so that a window finds each row's taps side by side: worth
/// a copy where the input has few channels.
///
/// The copy is (B, spatial…, C) with a longer last spatial axis.
struct PaddedRows: Sendable {
  /// The copy's shape.
  let shape: Shape
  private let rows: Int
  private let rowCount: Int
  private let before: Int

  /// The most channels that make a copy worth while.
  private static let mostChannels = 8
  /// The longest row of taps: what kernels have zeros for.
  private static let longestRow = 512

  /// Nil where the windows of a convolution from `input` to `output` need no zeros there, or would
  /// not be faster for them.
  init?(_ window: SpatialWindow, from input: Shape, to output: Shape) {
    let axis = window.rank - 1
    let (size, channels) = (input[-2], input[-1])
    let before = window.padsBefore(for: Array(input.dimensions.dropFirst().dropLast()))[axis]
    let read = (output[-2] - 1) * window.strides[axis] + window.kernel[axis]
    let padded = max(read, before + size)
    guard
      padded > size, window.kernel[axis] > 1, window.dilation[axis] == 1,
      channels <= Self.mostChannels, window.kernel[axis] * channels <= Self.longestRow
    else { return nil }
    var shape = input
    shape[-2] = padded
    self.shape = shape
    self.before = before * channels
    rowCount = size * channels
    rows = input.elementCount / max(rowCount, 1)
  }

  /// Copies the input.
  func fill(
    _ padded: UnsafeMutablePointer<Float>, from x: UnsafePointer<Float>, _ workers: WorkerPool
  ) {
    let width = shape[-2] * shape[-1]
    workers.forEachRange(of: rows, grain: 1 + 16_384 / max(width, 1)) { range in
      for row in range {
        let to = padded + row * width
        to.update(repeating: 0, count: before)
        (to + before).update(from: x + row * rowCount, count: rowCount)
        let end = before + rowCount
        (to + end).update(repeating: 0, count: width - end)
      }
    }
  }
}

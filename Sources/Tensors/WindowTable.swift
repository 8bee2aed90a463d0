/// Where the taps of every window of a convolution or a pooling read one image.
///
/// Sizes are those of the spatial axes, one to three of them, outermost first. For pixel p and tap
/// t the table holds the distance in floats from the image's first float to the first channel that
/// the tap reads, or -1 where the tap lies outside, which reads as zeros (or, in pooling, not).
package final class WindowTable: @unchecked Sendable {
  /// P, the positions of the window.
  package let pixels: Int
  /// T, the taps of the window.
  package let taps: Int
  /// C, the channels read from each tap on.
  package let channels: Int
  /// The distances, [P][T].
  package let offsets: UnsafePointer<Int32>
  /// Where each pixel's row goes in the output; nil where it is the pixel's own number.
  package let rows: UnsafePointer<Int32>?
  private let storage: [TensorStorage]

  init(pixels: Int, taps: Int, channels: Int, offsets: [Int32], rows: [Int32]?) {
    self.pixels = pixels
    self.taps = taps
    self.channels = channels
    let table = Self.store(offsets)
    let rowTable = rows.map(Self.store)
    self.offsets = table.start
    self.rows = rowTable?.start
    storage = [table.storage] + (rowTable.map { [$0.storage] } ?? [])
  }

  private static func store(
    _ numbers: [Int32]
  ) -> (storage: TensorStorage, start: UnsafePointer<Int32>) {
    let bytes = max(numbers.count, 1) * MemoryLayout<Int32>.stride
    let storage = TensorStorage(uninitialized: bytes)
    let buffer = storage.bytes.bindMemory(to: Int32.self)
    _ = buffer.update(fromContentsOf: numbers)
    guard let start = buffer.baseAddress else { preconditionFailure("storage has no address") }
    return (storage, UnsafePointer(start))
  }

  /// The table of a window that moves by `strides` over an input with `padding` positions of
  /// zeros before it; nil where an offset does not fit 32 bits.
  ///
  /// `pixelStride` is the distance between neighbouring input positions, that is, all of the
  /// input's channels; `channels` the number that a window reads of them. Where `mergesTaps` and
  /// neighbours along the last axis lie side by side (no padding there, dilation 1, all channels
  /// read), a whole row of the window becomes one tap of as many channels.
  package convenience init?(
    input: [Int], kernel: [Int], strides: [Int], dilation: [Int], padding: [Int], output: [Int],
    channels: Int, pixelStride: Int, mergesTaps: Bool = false
  ) {
    let axes = input.indices
    precondition(
      [kernel.count, strides.count, dilation.count, padding.count, output.count]
        .allSatisfy { $0 == input.count }, "one number for each of \(input.count) axes")
    var kernel = kernel
    var width = channels
    if mergesTaps, let last = axes.last, channels == pixelStride, dilation[last] == 1,
      padding[last] == 0,
      (output[last] - 1) * strides[last] + kernel[last] <= input[last]
    {
      width = channels * kernel[last]
      kernel[last] = 1
    }
    let steps = Self.steps(of: input, pixelStride: pixelStride)
    guard steps.fits else { return nil }
    let perAxis = axes.map { axis in
      WindowAxis(size: output[axis], taps: kernel[axis]) { position, tap in
        let index = position * strides[axis] + tap * dilation[axis] - padding[axis]
        return index >= 0 && index < input[axis] ? index * steps.strides[axis] : nil
      }
    }
    self.init(
      pixels: output.reduce(1, *), taps: kernel.reduce(1, *), channels: width,
      offsets: WindowAxis.combined(perAxis), rows: nil)
  }

  /// One of `parts` runs of pixels, cut where a product's tiles end.
  package func pixels(ofPart part: Int, of parts: Int, kernels: CPUKernels) -> Range<Int> {
    let tile = kernels.tileRows
    let tiles = (pixels + tile - 1) / tile
    return (tiles * part / parts * tile)..<min(tiles * (part + 1) / parts * tile, pixels)
  }

  /// The distance between neighbours along each axis, and whether all offsets fit 32 bits.
  static func steps(of input: [Int], pixelStride: Int) -> (strides: [Int], fits: Bool) {
    let shape = Shape(input + [pixelStride])
    return (
      Array(shape.strides.dropLast()), shape.elementCount(atMost: Int(Int32.max)) != nil
    )
  }
}

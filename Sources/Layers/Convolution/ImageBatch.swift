import Tensors

/// The items of a batch and the windows on each of them: how a kernel that works on pixels of one
/// item is led over a whole batch, by several threads.
struct ImageBatch: Sendable {
  let windows: WindowTable
  let outputChannels: Int
  private let batch: Int
  private let inputItem: Int
  private let outputItem: Int
  /// What a pixel costs, in multiply-adds of a product.
  private let pixelWork: Int
  /// The work that is worth another thread.
  private static let leastWork = 50_000

  /// The windows that lead from tensors (B, spatial…, C) of shape `input` to shape `output`.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - input: The shape of what the layer is called on.
  ///   - output: The shape of what it gives.
  ///   - channels: The input's channels that are read at a time, by default all.
  ///   - mixesChannels: Whether every output channel takes all of those.
  ///   - mergesTaps: Whether taps that lie side by side may be read as one.
  ///   - padded: The input with zeros beside its rows, where the windows read that in its place.
  /// - Throws: ``LayerError`` where the input is too large.
  init(
    _ window: SpatialWindow, from input: Shape, to output: Shape, reading channels: Int? = nil,
    mixesChannels: Bool = false, mergesTaps: Bool = false, padded: PaddedRows? = nil
  ) throws(LayerError) {
    let sizes = Array(input.dimensions.dropFirst().dropLast())
    var padding = window.padsBefore(for: sizes)
    var input = input
    if let padded {
      input = padded.shape
      padding[padding.count - 1] = 0
    }
    guard
      let windows = WindowTable(
        input: Array(input.dimensions.dropFirst().dropLast()), kernel: window.kernel,
        strides: window.strides, dilation: window.dilation, padding: padding,
        output: Array(output.dimensions.dropFirst().dropLast()),
        channels: channels ?? input[-1], pixelStride: input[-1], mergesTaps: mergesTaps)
    else {
      throw LayerError("an input of shape \(input) is too large")
    }
    self.windows = windows
    batch = input[0]
    outputChannels = output[-1]
    inputItem = input.elementCount / max(batch, 1)
    outputItem = output.elementCount / max(batch, 1)
    // What keeps channels apart reads memory for every multiplication.
    pixelWork = windows.taps * outputChannels * (mixesChannels ? windows.channels : 4)
  }

  /// Calls `body` for runs of pixels that cover all items: with the run's pixels, the item's input,
  /// and its output.
  func forEachRun(
    _ buffers: StepBuffers, from input: UnsafePointer<Float>? = nil,
    into output: UnsafeMutablePointer<Float>? = nil,
    _ body: (Range<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (pixels, input, output) = (
      windows.pixels, input ?? buffers.input(0), output ?? buffers.output()
    )
    let grain = 16 + Self.leastWork / max(pixelWork, 1)
    buffers.workers.forEachRange(of: batch * pixels, grain: grain) { range in
      var start = range.lowerBound
      while start < range.upperBound {
        let item = start / pixels
        let end = min(range.upperBound, (item + 1) * pixels)
        body(
          (start - item * pixels)..<(end - item * pixels), input + item * inputItem,
          output + item * outputItem)
        start = end
      }
    }
  }
}

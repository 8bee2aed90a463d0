import Tensors

/// A pointwise convolution and the depthwise one that reads it, as inverted residual blocks begin,
/// both computed a band of rows after the other: what lies between them stays in the cache.
///
/// Rows lie along the first spatial axis. Bands that follow each other share the rows that windows
/// of both read; only where another thread begins are such rows computed twice.
struct BandedExpansion: Sendable {
  private let images: ImageBatch
  private let panels: PackedMatrix
  private let expansion: Finish
  private let weights: Tensor
  private let finish: Finish
  private let batch: Int
  private let inputRows: Int
  private let outputRows: Int
  /// The pixels of a row of the input, and of the output.
  private let (inputWidth, outputWidth): (Int, Int)
  private let (stride, extent, padding): (Int, Int, Int)
  /// The rows of output that are computed at a time.
  private let band: Int
  private let threads: Int

  /// The numbers of a band: half of what the second-level cache of most processors holds.
  private static let bandCount = 128 << 10

  /// The two convolutions from `input`, (B, spatial…, K), to `output`, (B, spatial…, C).
  ///
  /// `panels` are the pointwise one's weights, K x C, and `expansion` is its finish; `window`,
  /// `weights`, (window…, C), and `finish` are the depthwise one's.
  init(
    _ window: SpatialWindow, from input: Shape, to output: Shape, panels: PackedMatrix,
    expansion: Finish, weights: Tensor, finish: Finish, threads: Int
  ) throws(LayerError) {
    var expanded = input
    expanded[-1] = panels.columns
    images = try ImageBatch(window, from: expanded, to: output)
    (self.panels, self.expansion, self.weights) = (panels, expansion, weights)
    (self.finish, self.threads) = (finish, threads)
    (batch, inputRows, outputRows) = (input[0], input[1], output[1])
    inputWidth = input.dimensions.dropFirst(2).dropLast().reduce(1, *)
    outputWidth = output.dimensions.dropFirst(2).dropLast().reduce(1, *)
    (stride, extent) = (window.strides[0], window.extent(0))
    padding = window.padsBefore(for: Array(input.dimensions.dropFirst().dropLast()))[0]
    let rows = Self.bandCount / max(inputWidth * panels.columns, 1)
    band = max(1, (rows - extent) / stride + 1)
  }

  /// The numbers of an expanded row.
  private var rowCount: Int { inputWidth * panels.columns }
  /// The numbers of all expanded rows that a band reads.
  private var heldCount: Int { min((band - 1) * stride + extent, inputRows) * rowCount }
  /// The numbers that all threads' bands take.
  var scratchCount: Int { heldCount * threads }

  func run(_ buffers: StepBuffers) {
    let rows = batch * outputRows
    let share = (rows + threads - 1) / threads
    buffers.workers.forEachRange(of: rows, grain: share) { range, thread in
      let held = buffers.scratch(from: thread * heldCount)
      var start = range.lowerBound
      while start < range.upperBound {
        let item = start / outputRows
        let end = min(range.upperBound, (item + 1) * outputRows)
        run(item, (start - item * outputRows)..<(end - item * outputRows), held, buffers)
        start = end
      }
    }
  }

  /// Some rows of an item's output, a band at a time.
  private func run(
    _ item: Int, _ rows: Range<Int>, _ held: UnsafeMutablePointer<Float>, _ buffers: StepBuffers
  ) {
    var before = 0..<0
    for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: band) {
      let outputs = first..<min(first + band, rows.upperBound)
      let inputs = inputs(of: outputs)
      let kept = max(0, min(before.upperBound, inputs.upperBound) - inputs.lowerBound)
      if kept > 0 {
        held.update(
          from: held + (inputs.lowerBound - before.lowerBound) * rowCount, count: kept * rowCount)
      }
      expand(
        item, (inputs.lowerBound + kept)..<inputs.upperBound, held + kept * rowCount, buffers)
      convolve(item, outputs, held - inputs.lowerBound * rowCount, buffers)
      before = inputs
    }
  }

  /// The expanded rows that windows of some rows of the output read.
  private func inputs(of outputs: Range<Int>) -> Range<Int> {
    let first = min(max(0, outputs.lowerBound * stride - padding), inputRows)
    let end = min(inputRows, (outputs.upperBound - 1) * stride - padding + extent)
    return first..<max(first, end)
  }

  private func expand(
    _ item: Int, _ rows: Range<Int>, _ y: UnsafeMutablePointer<Float>, _ buffers: StepBuffers
  ) {
    let (inner, columns, pixels) = (panels.rows, panels.columns, rows.count * inputWidth)
    let x = buffers.input(0) + (item * inputRows + rows.lowerBound) * inputWidth * inner
    panels.kernels.product(
      rows: 0..<pixels, columns: 0..<columns, a: x, aStride: inner, weights: panels, c: y,
      cStride: columns, epilogue: expansion.epilogue(buffers, y, width: columns))
    expansion.finish(y, rows: pixels, width: columns)
  }

  /// Some rows of output, from expanded rows that lie as if all of them began at `x`: those that are
  /// held alone are there, and the windows read no others.
  private func convolve(
    _ item: Int, _ rows: Range<Int>, _ x: UnsafePointer<Float>, _ buffers: StepBuffers
  ) {
    guard let weights = weights.firstNumber else { return }
    let width = panels.columns
    let y = buffers.output() + item * outputRows * outputWidth * width
    let pixels = (rows.lowerBound * outputWidth)..<(rows.upperBound * outputWidth)
    panels.kernels.depthwiseConvolution(
      images.windows, pixels: pixels, input: x, weights: weights, c: y, cStride: width,
      epilogue: finish.epilogue(buffers, y, width: width))
    finish.finish(y + pixels.lowerBound * width, rows: pixels.count, width: width)
  }
}

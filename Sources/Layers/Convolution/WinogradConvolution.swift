import Tensors

/// A 3 x 3 convolution with stride 1 by Winograd's method: how its tiles are shared out.
///
/// Tiles go through the three stages (transform, products, transform back) in blocks that stay
/// in the caches. Where there are blocks for all threads, each thread takes blocks of its own;
/// where there are not, the threads share every stage of a block.
struct WinogradConvolution: Sendable {
  private let shape: WinogradShape
  private let weights: WinogradWeights
  private let tiles: Int
  private let blockTiles: Int
  private let threads: Int
  private let sharesBlocks: Bool

  /// The most numbers that a block's transformed inputs and products should take.
  private static let blockNumbers = 1 << 18
  /// The fewest tiles of a block: products of fewer rows are slow.
  private static let leastBlock = 24

  init(shape: WinogradShape, batch: Int, weights: WinogradWeights, threads: Int) {
    self.shape = shape
    self.weights = weights
    self.threads = threads
    tiles = batch * shape.tilesPerImage
    let tileNumbers = weights.positions * (weights.channels + weights.filters)
    let largest = max(Self.leastBlock, min(2 * Self.leastBlock, Self.blockNumbers / tileNumbers))
    var blocks = max(1, (tiles + largest - 1) / largest)
    sharesBlocks = threads > 1 && blocks < 2 * threads
    if !sharesBlocks { blocks = (blocks + threads - 1) / threads * threads }
    blockTiles = max(1, (tiles + blocks - 1) / blocks)
  }

  private var vCount: Int { weights.positions * blockTiles * weights.channels }
  private var mCount: Int { weights.positions * blockTiles * weights.filters }

  /// The numbers that it takes to work in.
  var scratchCount: Int { (vCount + mCount) * (sharesBlocks ? 1 : threads) }

  func run(_ buffers: StepBuffers, _ epilogue: Epilogue) {
    let blocks = (tiles + blockTiles - 1) / blockTiles
    if sharesBlocks {
      for block in 0..<blocks { runTogether(block, buffers, epilogue) }
      return
    }
    buffers.workers.forEachRange(of: blocks, grain: 1) { range, thread in
      for block in range { run(block, on: thread, buffers, epilogue) }
    }
  }

  private func tiles(of block: Int) -> Range<Int> {
    block * blockTiles..<min((block + 1) * blockTiles, tiles)
  }

  private func run(_ block: Int, on thread: Int, _ buffers: StepBuffers, _ epilogue: Epilogue) {
    let (kernels, tiles) = (weights.kernels, tiles(of: block))
    let v = buffers.scratch(from: thread * (vCount + mCount))
    let m = v + vCount
    kernels.winogradInput(
      shape, tiles: tiles, buffers.input(0), into: v, stride: tiles.count * weights.channels)
    for position in 0..<weights.positions { multiply(position, rows: tiles.count, v, m) }
    kernels.winogradOutput(
      shape, tiles: tiles, m, stride: tiles.count * weights.filters, into: buffers.output(),
      epilogue: epilogue)
  }

  private func runTogether(_ block: Int, _ buffers: StepBuffers, _ epilogue: Epilogue) {
    let (kernels, tiles, workers) = (weights.kernels, tiles(of: block), buffers.workers)
    let (v, m) = (buffers.scratch(), buffers.scratch(from: vCount))
    let (channels, filters) = (weights.channels, weights.filters)
    workers.forEachRange(of: tiles.count, grain: 2) { range in
      kernels.winogradInput(
        shape, tiles: tiles.lowerBound + range.lowerBound..<tiles.lowerBound + range.upperBound,
        buffers.input(0), into: v + range.lowerBound * channels, stride: tiles.count * channels)
    }
    workers.forEachRange(of: weights.positions, grain: 1) { range in
      for position in range { multiply(position, rows: tiles.count, v, m) }
    }
    workers.forEachRange(of: tiles.count, grain: 2) { range in
      kernels.winogradOutput(
        shape, tiles: tiles.lowerBound + range.lowerBound..<tiles.lowerBound + range.upperBound,
        m + range.lowerBound * filters, stride: tiles.count * filters, into: buffers.output(),
        epilogue: epilogue)
    }
  }

  private func multiply(
    _ position: Int, rows: Int, _ v: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>
  ) {
    let (channels, filters) = (weights.channels, weights.filters)
    weights.kernels.product(
      rows: rows, inner: channels, columns: filters, a: v + position * rows * channels,
      aStride: channels, panels: weights.matrix(position), c: m + position * rows * filters,
      cStride: filters)
  }
}

extension SpatialWindow {
  /// The sizes for Winograd's method where it is faster than multiplying tap by tap; nil elsewhere.
  ///
  /// It needs enough channels to pay for its transforms, and tiles that lie well inside the output:
  /// those of 4 x 4, or of 2 x 2, which save less and need more channels.
  func winogradShape(from input: Shape, to output: Shape) -> WinogradShape? {
    guard kernel == [3, 3], strides == [1, 1], dilation == [1, 1],
      min(input[-1], output[-1]) >= 16, input[-1] * output[-1] >= 512
    else { return nil }
    let padding = padsBefore(for: [input[1], input[2]])
    let used = output.elementCount / output[-1]
    for (tile, share) in [(4, 0.6), (2, 0.7)] where tile == 4 || min(input[-1], output[-1]) >= 64 {
      let shape = WinogradShape(
        tile: tile, input: (input[1], input[2], input[3]),
        output: (output[1], output[2], output[3]), padding: (padding[0], padding[1]))
      let tiles = shape.tilesPerImage * output[0]
      if tiles >= 8, Double(used) >= Double(tiles * tile * tile) * share { return shape }
    }
    return nil
  }
}

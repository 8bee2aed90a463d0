import Tensors

/// A convolution with stride 1 by Winograd's method: how its tiles are shared out.
///
/// Tiles go through the three stages (transform, products, transform back) in blocks that stay
/// in the caches. Where there are blocks for all threads, each thread takes blocks of its own;
/// where there are not, the threads share every stage of a block.
struct WinogradConvolution: Sendable {
  private let tiling: any WinogradTiling
  private let weights: WinogradWeights
  private let blockTiles: Int
  private let threads: Int
  private let sharesBlocks: Bool

  /// The most numbers that a block's transformed inputs and products should take.
  private static let blockNumbers = 1 << 18
  /// The fewest tiles of a block: products of fewer rows are slow.
  private static let leastBlock = 24

  init(_ tiling: any WinogradTiling, weights: WinogradWeights, threads: Int) {
    self.tiling = tiling
    self.weights = weights
    self.threads = threads
    let tiles = tiling.tileCount
    let tileNumbers = tiling.positions * (tiling.rowStep * tiling.channels + tiling.filters)
    let largest = max(Self.leastBlock, min(2 * Self.leastBlock, Self.blockNumbers / tileNumbers))
    var blocks = max(1, (tiles + largest - 1) / largest)
    sharesBlocks = threads > 1 && blocks < 2 * threads
    if !sharesBlocks { blocks = (blocks + threads - 1) / threads * threads }
    blockTiles = max(1, (tiles + blocks - 1) / blocks)
  }

  private var vCount: Int {
    tiling.positions * tiling.rows(of: 0..<blockTiles).count * tiling.channels
  }
  private var mCount: Int { tiling.positions * blockTiles * tiling.filters }

  /// The numbers that it takes to work in.
  var scratchCount: Int { (vCount + mCount) * (sharesBlocks ? 1 : threads) }

  func run(_ buffers: StepBuffers, _ epilogue: Epilogue) {
    let blocks = (tiling.tileCount + blockTiles - 1) / blockTiles
    if sharesBlocks {
      for block in 0..<blocks { runTogether(block, buffers, epilogue) }
      return
    }
    buffers.workers.forEachRange(of: blocks, grain: 1) { range, thread in
      for block in range { run(block, on: thread, buffers, epilogue) }
    }
  }

  private func tiles(of block: Int) -> Range<Int> {
    block * blockTiles..<min((block + 1) * blockTiles, tiling.tileCount)
  }

  private func run(_ block: Int, on thread: Int, _ buffers: StepBuffers, _ epilogue: Epilogue) {
    let tiles = tiles(of: block)
    let rows = tiling.rows(of: tiles)
    let v = buffers.scratch(from: thread * (vCount + mCount))
    let m = v + vCount
    tiling.transformInput(
      rows: rows, buffers.input(0), into: v, stride: rows.count * tiling.channels,
      weights.kernels)
    for position in 0..<tiling.positions { multiply(position, tiles, v, m) }
    tiling.transformOutput(
      tiles: tiles, m, stride: tiles.count * tiling.filters, into: buffers.output(), epilogue,
      weights.kernels)
  }

  private func runTogether(_ block: Int, _ buffers: StepBuffers, _ epilogue: Epilogue) {
    let (tiles, workers, kernels) = (tiles(of: block), buffers.workers, weights.kernels)
    let rows = tiling.rows(of: tiles)
    let (v, m) = (buffers.scratch(), buffers.scratch(from: vCount))
    let (channels, filters) = (tiling.channels, tiling.filters)
    workers.forEachRange(of: rows.count, grain: 2) { range in
      tiling.transformInput(
        rows: rows.lowerBound + range.lowerBound..<rows.lowerBound + range.upperBound,
        buffers.input(0), into: v + range.lowerBound * channels, stride: rows.count * channels,
        kernels)
    }
    workers.forEachRange(of: tiling.positions, grain: 1) { range in
      for position in range { multiply(position, tiles, v, m) }
    }
    workers.forEachRange(of: tiles.count, grain: 2) { range in
      tiling.transformOutput(
        tiles: tiles.lowerBound + range.lowerBound..<tiles.lowerBound + range.upperBound,
        m + range.lowerBound * filters, stride: tiles.count * filters, into: buffers.output(),
        epilogue, kernels)
    }
  }

  private func multiply(
    _ position: Int, _ tiles: Range<Int>, _ v: UnsafeMutablePointer<Float>,
    _ m: UnsafeMutablePointer<Float>
  ) {
    tiling.multiply(
      position, tiles: tiles.count, by: weights,
      v + position * tiling.rows(of: tiles).count * tiling.channels,
      into: m + position * tiles.count * tiling.filters)
  }
}

extension SpatialWindow {
  /// The tiles of Winograd's method where it is faster than multiplying tap by tap; nil elsewhere.
  ///
  /// It needs enough channels to pay for its transforms, and tiles that lie well inside the output.
  func winogradTiling(from input: Shape, to output: Shape) -> (any WinogradTiling)? {
    guard strides.allSatisfy({ $0 == 1 }) else { return nil }
    return kernel == [3, 3] && dilation == [1, 1]
      ? winogradImages(from: input, to: output) : winogradLines(from: input, to: output)
  }

  /// Tiles of 4 x 4, or of 2 x 2, which save less and need more channels.
  private func winogradImages(from input: Shape, to output: Shape) -> WinogradImages? {
    guard min(input[-1], output[-1]) >= 16, input[-1] * output[-1] >= 512 else { return nil }
    let padding = padsBefore(for: [input[1], input[2]])
    let used = output.elementCount / output[-1]
    for (tile, share) in [(4, 0.6), (2, 0.7)] where tile == 4 || min(input[-1], output[-1]) >= 64 {
      let tiling = WinogradImages(
        tile: tile, images: input[0], input: (input[1], input[2], input[3]),
        output: (output[1], output[2], output[3]), padding: (padding[0], padding[1]))
      let tiles = tiling.tileCount
      if tiles >= 8, Double(used) >= Double(tiles * tile * tile) * share { return tiling }
    }
    return nil
  }

  /// Tiles along the only axis on which the kernel has more taps than one; taps that lie apart see
  /// as many lines as they have pixels between them.
  private func winogradLines(from input: Shape, to output: Shape) -> WinogradLines? {
    guard let axis = kernel.firstIndex(where: { $0 > 1 }), tapCount == kernel[axis], tapCount > 2,
      margins.indices.allSatisfy({ $0 == axis || margins[$0] == (0, 0) })
    else { return nil }
    let padding = padsBefore(for: Array(input.dimensions[1...rank]))[axis]
    guard padding % dilation[axis] == 0 else { return nil }
    let inner = input.dimensions[(axis + 2)..<(rank + 1)].reduce(1, *)
    let tiling = WinogradLines(
      taps: tapCount, outer: input.dimensions[0...axis].reduce(1, *),
      inner: inner * dilation[axis], input: (input[axis + 1] * inner, input[-1]),
      output: (output[axis + 1] * inner, output[-1]), padding: padding / dilation[axis])
    // In multiply-adds: 24 for a channel of a pixel's transforms, 20,000 for the method's three
    // stages.
    let (pixels, channels, filters) = (
      output.elementCount / output[-1], input[-1], output[-1]
    )
    let products = tiling.tileCount * tiling.positions * tiling.rowsTaken * channels * filters
    let overhead = pixels * (channels + filters) * 24 + 20_000
    let isFaster = (products + overhead) * 20 < pixels * tapCount * channels * filters * 19
    return tiling.tileCount >= 4 && isFaster ? tiling : nil
  }
}

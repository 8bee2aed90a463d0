/// How Winograd's method cuts a convolution with stride 1 into tiles: ``WinogradImages``,
/// ``WinogradLines``.
///
/// V, the transformed inputs, has ``rowStep`` rows of `channels` numbers for each tile, at each of
/// ``positions``; a tile's product takes ``rowsTaken`` of them, from the first that is its own. M,
/// the products, has one row of `filters` numbers for each tile.
package protocol WinogradTiling: Sendable {
  /// The channels of the input.
  var channels: Int { get }
  /// The channels of the output.
  var filters: Int { get }
  /// The tiles of all images.
  var tileCount: Int { get }
  /// The positions of a tile's inputs, each of which has a matrix of weights.
  var positions: Int { get }
  /// The rows of V from a tile's first to the next tile's.
  var rowStep: Int { get }
  /// The rows of V that a tile's product takes.
  var rowsTaken: Int { get }

  /// Makes the packed matrices, ``positions`` of them, of a kernel (taps…, channels, filters) times
  /// `scale`.
  func transformKernel(
    _ kernel: UnsafePointer<Float>, scale: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>, _ kernels: CPUKernels)

  /// Makes some rows of V, numbered through all images; `stride` lies between its positions.
  func transformInput(
    rows: Range<Int>, _ input: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>,
    stride: Int, _ kernels: CPUKernels)

  /// Makes the outputs of some tiles from their rows of M; the epilogue's pointers are those of all
  /// images.
  func transformOutput(
    tiles: Range<Int>, _ m: UnsafePointer<Float>, stride: Int,
    into output: UnsafeMutablePointer<Float>, _ epilogue: Epilogue, _ kernels: CPUKernels)
}

extension WinogradTiling {
  /// The rows of V that the products of some tiles take.
  package func rows(of tiles: Range<Int>) -> Range<Int> {
    guard !tiles.isEmpty else { return 0..<0 }
    return tiles.lowerBound * rowStep..<((tiles.upperBound - 1) * rowStep + rowsTaken)
  }

  /// The products of `count` tiles at one position, whose first row of V is `v`.
  package func multiply(
    _ position: Int, tiles count: Int, by weights: WinogradWeights, _ v: UnsafePointer<Float>,
    into m: UnsafeMutablePointer<Float>
  ) {
    weights.kernels.product(
      rows: count, inner: rowsTaken * channels, columns: filters, a: v,
      aStride: rowStep * channels, panels: weights.matrix(position), c: m, cStride: filters)
  }
}

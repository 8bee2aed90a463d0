/// The weights of a 3 x 3 convolution as the packed matrices that Winograd's method multiplies by:
/// 36 for tiles of 4 x 4 outputs, 16 for tiles of 2 x 2.
package final class WinogradWeights: @unchecked Sendable {
  /// How many matrices there are: the positions of a tile's inputs.
  package let positions: Int
  /// C, the rows of each matrix.
  package let channels: Int
  /// N, the columns of each matrix.
  package let filters: Int
  /// The kernels that the matrices are for.
  package let kernels: CPUKernels
  private let storage: TensorStorage
  private let base: UnsafeMutablePointer<Float>
  private let matrixCount: Int

  /// Transforms a kernel (3, 3, C, N) in single precision, each filter times its number in `scale`.
  package init(
    _ kernel: Tensor, tile: Int, scale: [Float]? = nil, kernels: CPUKernels = .active
  ) {
    precondition(
      kernel.shape.rank == 4 && kernel.shape[0] == 3 && kernel.shape[1] == 3,
      "a kernel of shape \(kernel.shape) is not (3, 3, C, N)")
    self.kernels = kernels
    positions = (tile + 2) * (tile + 2)
    channels = kernel.shape[2]
    filters = kernel.shape[3]
    matrixCount = kernels.packedCount(rows: channels, columns: filters)
    storage = TensorStorage(uninitialized: positions * matrixCount * MemoryLayout<Float>.stride)
    guard let start = storage.bytes.bindMemory(to: Float.self).baseAddress,
      let weights = kernel.firstNumber
    else { preconditionFailure("a kernel of shape \(kernel.shape) has no elements") }
    base = start
    kernels.winogradWeights(
      tile: tile, channels: channels, filters: filters, weights, scale: scale, into: start)
  }

  /// The matrix of a position of the transformed tiles, below ``positions``.
  package func matrix(_ position: Int) -> UnsafePointer<Float> {
    UnsafePointer(base + position * matrixCount)
  }
}

/// A kernel as the packed matrices that Winograd's method multiplies by, one for each position of a
/// tile's inputs.
package final class WinogradWeights: @unchecked Sendable {
  /// The kernels that the matrices are for.
  package let kernels: CPUKernels
  private let storage: TensorStorage
  private let base: UnsafeMutablePointer<Float>
  private let matrixCount: Int

  /// Transforms a kernel (taps…, channels, filters) in single precision, each filter times its number
  /// in `scale`.
  package init(
    _ kernel: Tensor, for tiling: some WinogradTiling, scale: [Float]? = nil,
    kernels: CPUKernels = .active
  ) {
    precondition(
      kernel.shape[-2] == tiling.channels && kernel.shape[-1] == tiling.filters,
      "a kernel of shape \(kernel.shape) is not one of \(tiling.channels) channels and "
        + "\(tiling.filters) filters")
    self.kernels = kernels
    matrixCount = kernels.packedCount(
      rows: tiling.rowsTaken * tiling.channels, columns: tiling.filters)
    storage = TensorStorage(
      uninitialized: tiling.positions * matrixCount * MemoryLayout<Float>.stride)
    guard let start = storage.bytes.bindMemory(to: Float.self).baseAddress,
      let weights = kernel.firstNumber
    else { preconditionFailure("a kernel of shape \(kernel.shape) has no elements") }
    base = start
    tiling.transformKernel(weights, scale: scale, into: start, kernels)
  }

  /// The matrix of a position of the transformed tiles.
  package func matrix(_ position: Int) -> UnsafePointer<Float> {
    UnsafePointer(base + position * matrixCount)
  }
}

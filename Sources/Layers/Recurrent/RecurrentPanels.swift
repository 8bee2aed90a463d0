import Tensors

/// The weights of a cell on vectors, packed for the kernels.
///
/// The object keeps the memory alive that its pointers stand for.
final class RecurrentPanels: @unchecked Sendable {
  let units: Int
  let width: Int
  let kernel: PackedMatrix
  let recurrentKernel: PackedMatrix
  /// The bias of the projection.
  let bias: UnsafePointer<Float>?
  /// The bias of the state's product, where it has one of its own.
  let stateBias: UnsafePointer<Float>?
  private let biasTensor: Tensor?

  init(_ weights: RecurrentWeights) {
    units = weights.units
    width = weights.width
    kernel = PackedMatrix(
      weights.kernel, rows: weights.kernel.shape[0], columns: 0..<width, of: width)
    recurrentKernel = PackedMatrix(
      weights.recurrentKernel, rows: units, columns: 0..<width, of: width)
    biasTensor = weights.bias
    bias = weights.bias?.withElements(as: Float.self) { $0.baseAddress }
    let hasStateBias = weights.bias?.shape.rank == 2
    stateBias = hasStateBias ? bias.map { [width] in $0 + width } : nil
  }

  /// projection = x · kernel + bias for `rows` time steps.
  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    kernel.multiply(rows: rows, x, into: projection, Epilogue(bias: bias), workers)
  }

  /// gates = state · recurrent_kernel + addend, for every item of a step.
  ///
  /// - Parameters:
  ///   - step: The step; the first of its states is multiplied.
  ///   - columns: The columns of the kernel and of both `gates` and the addend.
  ///   - gates: The product's place.
  ///   - gatesStride: From one item's gates to the next one's.
  ///   - epilogue: What is added.
  func multiplyState(
    _ step: RecurrentStep, columns: Range<Int>, into gates: UnsafeMutablePointer<Float>,
    stride gatesStride: Int, _ epilogue: Epilogue
  ) {
    CPUKernels.active.product(
      rows: 0..<step.items, columns: columns, a: step.states, aStride: step.stateStride,
      weights: recurrentKernel, c: gates, cStride: gatesStride, epilogue: epilogue)
  }

  /// The units that a part of a product is a multiple of; nil where gates do not begin with a panel.
  var unitGrain: Int? {
    let grain = recurrentKernel.kernels.panelWidth
    return units % grain == 0 ? grain : nil
  }

  /// gates = state · recurrent_kernel + addend for some units of every gate and item of a step.
  ///
  /// - Parameters:
  ///   - step: The step; the first of its states is multiplied.
  ///   - part: The units.
  ///   - gates: Where the first item's gates go, side by side.
  ///   - gatesStride: From one item's gates to the next one's.
  ///   - epilogue: What is added, for all units.
  func multiplyState(
    _ step: RecurrentStep, units part: Range<Int>, into gates: UnsafeMutablePointer<Float>,
    stride gatesStride: Int, _ epilogue: Epilogue
  ) {
    for gate in 0..<width / units {
      let column = gate * units + part.lowerBound
      multiplyState(
        step, columns: column..<column + part.count, into: gates + gate * part.count - column,
        stride: gatesStride, epilogue)
    }
  }

  /// projection += state · recurrent_kernel, for every item of a step.
  func addState(_ step: RecurrentStep) {
    multiplyState(
      step, columns: 0..<width, into: step.projection, stride: step.projectionStride,
      Epilogue(residual: step.projection, residualStride: step.projectionStride))
  }
}

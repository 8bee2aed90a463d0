import Tensors

extension RecurrentPanels {
  /// projection = x · kernel, with the bias added where it is asked for, each of them rounded.
  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    _ rounding: Rounding, addsBias: Bool, workers: WorkerPool
  ) {
    kernel.multiply(rows: rows, x, into: projection, Epilogue(), workers)
    rounding.roundProduct(projection, count: rows * width)
    if addsBias, let bias { rounding.add(bias, to: projection, rows: rows, width: width) }
  }

  /// scratch = state · recurrent_kernel of every item of a step, with the state's own bias added
  /// where it is asked for, each of them rounded.
  func multiplyState(_ step: RecurrentStep, _ rounding: Rounding, addsBias: Bool) {
    multiplyState(
      step, columns: 0..<width, into: step.scratch, stride: width, Epilogue())
    rounding.roundProduct(step.scratch, count: step.items * width)
    if addsBias, let stateBias {
      rounding.add(stateBias, to: step.scratch, rows: step.items, width: width)
    }
  }
}

import Tensors

/// A ``GRUCell`` without `reset_after`, ready to run.
struct GRUResetBeforeBody: RecurrentBody {
  let panels: RecurrentPanels
  let candidateKernel: PackedMatrix
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction

  var projectionSize: Int { panels.width }
  var scratchSize: Int { panels.units }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    panels.project(x, projection, rows: rows, workers: workers)
  }

  func advance(_ step: RecurrentStep) {
    let (units, kernels) = (panels.units, CPUKernels.active)
    let (gates, stride) = (step.projection, step.projectionStride)
    let candidate = gates + 2 * units
    panels.multiplyState(
      step, columns: 0..<(2 * units), into: gates, stride: stride,
      Epilogue(residual: gates, residualStride: stride))
    finish(recurrentActivation, step, gates, gates: 2)
    kernels.gruReset(
      batch: step.items, units: units, gates: gates, gatesStride: stride, h: step.states,
      hStride: step.stateStride, reset: step.scratch, resetStride: units,
      recurrentActivation: recurrentActivation.epilogue)
    kernels.product(
      rows: 0..<step.items, columns: 0..<units, a: step.scratch, aStride: units,
      weights: candidateKernel, c: candidate, cStride: stride,
      epilogue: Epilogue(residual: candidate, residualStride: stride))
    finish(activation, step, candidate, gates: 1)
    kernels.gruUpdate(
      batch: step.items, units: units, gates: gates, gatesStride: stride, candidate: candidate,
      candidateStride: stride, h: step.states, hStride: step.stateStride, out: step.states,
      outStride: step.stateStride, activation: activation.epilogue)
  }

  /// Applies a function of rows, which the kernels do not, to some gates of every item.
  private func finish(
    _ function: ActivationFunction, _ step: RecurrentStep, _ start: UnsafeMutablePointer<Float>,
    gates: Int
  ) {
    guard case .rows(let function) = function else { return }
    for item in 0..<step.items {
      let values = start + item * step.projectionStride
      function.apply(values, into: values, rows: gates, width: panels.units)
    }
  }
}

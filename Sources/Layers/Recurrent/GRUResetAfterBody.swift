import Tensors

/// A ``GRUCell`` with `reset_after`, ready to run.
struct GRUResetAfterBody: RecurrentBody {
  let panels: RecurrentPanels
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction

  var projectionSize: Int { panels.width }
  var scratchSize: Int { panels.width }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    panels.project(x, projection, rows: rows, workers: workers)
  }

  func advance(_ step: RecurrentStep) {
    let units = panels.units
    panels.multiplyState(
      step, columns: 0..<panels.width, into: step.scratch, stride: panels.width,
      Epilogue(bias: panels.stateBias))
    guard case .elementwise(let activation) = activation,
      case .elementwise(let recurrentActivation) = recurrentActivation
    else {
      return advanceByRows(step)
    }
    CPUKernels.active.gruCell(
      batch: step.items, units: units, x: step.projection, xStride: step.projectionStride,
      s: step.scratch, sStride: panels.width, h: step.states, hStride: step.stateStride,
      out: step.states, outStride: step.stateStride, activation: activation,
      recurrentActivation: recurrentActivation)
  }

  /// The same with functions of which one is of a row as a whole, each gate being a row.
  private func advanceByRows(_ step: RecurrentStep) {
    let (units, kernels) = (panels.units, CPUKernels.active)
    for item in 0..<step.items {
      let x = step.projection + item * step.projectionStride
      let state = step.scratch + item * panels.width
      let (reset, candidate) = (state + units, state + 2 * units)
      kernels.binary(.add, count: 2 * units, x, state, into: state)
      recurrentActivation.apply(state, state, rows: 2, width: units)
      kernels.binary(.multiply, count: units, reset, candidate, into: candidate)
      kernels.binary(.add, count: units, x + 2 * units, candidate, into: candidate)
      activation.apply(candidate, candidate, rows: 1, width: units)
    }
    kernels.gruUpdate(
      batch: step.items, units: units, gates: step.scratch, gatesStride: panels.width,
      candidate: step.scratch + 2 * units, candidateStride: panels.width, h: step.states,
      hStride: step.stateStride, out: step.states, outStride: step.stateStride,
      activation: .linear)
  }
}

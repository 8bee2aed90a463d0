import Tensors

/// A ``GRUCell`` with `reset_after`, ready to run.
struct GRUResetAfterBody: DivisibleBody {
  let panels: RecurrentPanels
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction

  var projectionSize: Int { panels.width }
  var scratchSize: Int { 2 * panels.width }
  var units: Int { panels.units }
  var unitGrain: Int? {
    guard case .elementwise = activation, case .elementwise = recurrentActivation else {
      return nil
    }
    return panels.unitGrain
  }

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

  func advance(_ step: RecurrentStep, _ part: Range<Int>, to next: UnsafeMutablePointer<Float>) {
    guard case .elementwise(let activation) = activation,
      case .elementwise(let recurrentActivation) = recurrentActivation
    else { return }
    let (gates, stride) = (step.scratch + 3 * part.lowerBound, scratchSize)
    let projected = gates + panels.width
    for item in 0..<step.items {
      for gate in 0..<3 {
        (projected + item * stride + gate * part.count).update(
          from: step.projection + item * step.projectionStride + gate * units + part.lowerBound,
          count: part.count)
      }
    }
    panels.multiplyState(
      step, units: part, into: gates, stride: stride, Epilogue(bias: panels.stateBias))
    CPUKernels.active.gruCell(
      batch: step.items, units: part.count, x: projected, xStride: stride, s: gates,
      sStride: stride, h: step.states + part.lowerBound, hStride: step.stateStride,
      out: next + part.lowerBound, outStride: step.stateStride, activation: activation,
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

import Tensors

/// A ``GRUCell`` that rounds what every operation of Keras's cell gives.
struct RoundedGRUBody: RoundedBody {
  let panels: RecurrentPanels
  /// The candidate's columns of the recurrent kernel where the state is reset before the product.
  let candidateKernel: PackedMatrix?
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction
  let rounding: Rounding

  func advance(_ step: RecurrentStep) {
    let (units, width) = (panels.units, panels.width)
    panels.multiplyState(step, rounding, addsBias: true)
    for item in 0..<step.items {
      let x = step.projection + item * step.projectionStride
      let s = step.scratch + item * width
      let h = step.states + item * step.stateStride
      let (update, reset, candidate) = (s, s + units, s + 2 * units)
      rounding.combine(.add, count: 2 * units, x, s, into: s)
      rounding.apply(recurrentActivation, s, s, rows: 2, width: units)
      if let candidateKernel {
        rounding.combine(.multiply, count: units, reset, h, into: reset)
        CPUKernels.active.product(
          rows: 0..<1, columns: 0..<units, a: reset, aStride: units, weights: candidateKernel,
          c: candidate, cStride: units, epilogue: Epilogue())
        rounding.roundProduct(candidate, count: units)
      } else {
        rounding.combine(.multiply, count: units, reset, candidate, into: candidate)
      }
      rounding.combine(.add, count: units, x + 2 * units, candidate, into: candidate)
      rounding.apply(activation, candidate, candidate, rows: 1, width: units)
      for unit in 0..<units {
        let kept = rounding(update[unit] * h[unit])
        h[unit] = rounding(kept + rounding(rounding(1 - update[unit]) * candidate[unit]))
      }
    }
  }
}

import Tensors

/// A ``SimpleRNNCell`` that rounds what every operation of Keras's cell gives.
struct RoundedSimpleRNNBody: RoundedBody {
  let panels: RecurrentPanels
  let activation: ActivationFunction
  let rounding: Rounding

  func advance(_ step: RecurrentStep) {
    panels.multiplyState(step, rounding, addsBias: false)
    for item in 0..<step.items {
      let z = step.scratch + item * panels.width
      rounding.combine(
        .add, count: panels.width, step.projection + item * step.projectionStride, z, into: z)
      rounding.apply(
        activation, z, step.states + item * step.stateStride, rows: 1, width: panels.units)
    }
  }
}

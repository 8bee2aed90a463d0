import Tensors

/// An ``LSTMCell`` that rounds what every operation of Keras's cell gives.
struct RoundedLSTMBody: RoundedBody {
  let panels: RecurrentPanels
  let gates: LSTMGates
  let rounding: Rounding
  let addsBiasFirst: Bool

  func advance(_ step: RecurrentStep) {
    let (units, width) = (panels.units, panels.width)
    panels.multiplyState(step, rounding, addsBias: false)
    for item in 0..<step.items {
      let z = step.scratch + item * width
      rounding.combine(
        .add, count: width, step.projection + item * step.projectionStride, z, into: z)
      if !addsBiasFirst, let bias = panels.bias {
        rounding.combine(.add, count: width, z, bias, into: z)
      }
      let h = step.states + item * step.stateStride
      gates.combine(rows: 1, z: z, zStride: 0, c: h + units, cStride: 0, h: h, hStride: 0)
    }
  }
}

import Tensors

/// z = x · kernel + h · recurrent_kernel + bias, cut into z_i, z_f, z_c and z_o;
/// c' = f(z_f) · c + f(z_i) · g(z_c); h' = f(z_o) · g(c').
///
/// f is `recurrent_activation` and g is `activation`. With `adds_bias_first` the bias is added
/// before the state's product, which shows where sums are rounded.
///
/// Step: x (F), states h and c (U). Weights: kernel (F, 4U), recurrent_kernel (U, 4U), bias (4U).
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/lstm_cell/>
struct LSTMCell: RecurrentCell {
  private let weights: RecurrentWeights
  private let activation: ActivationFunction
  private let recurrentActivation: ActivationFunction
  private let addsBiasFirst: Bool

  init(_ reader: inout LayerReader) {
    weights = RecurrentWeights(&reader, gates: 4)
    activation = reader.activation("activation", default: "tanh")
    recurrentActivation = reader.activation("recurrent_activation", default: "sigmoid")
    addsBiasFirst = reader.bool("adds_bias_first", default: false)
  }

  var stateCount: Int { 2 }

  func stateShapes(for input: Shape) throws(LayerError) -> [Shape] {
    try weights.check(input)
    return [[weights.units], [weights.units]]
  }

  func multiplyAdds(for input: Shape) -> Int { weights.multiplyAdds }

  func makeBody(for input: Shape, in context: PlanContext, key: String) -> any RecurrentBody {
    let panels = context.shared(key + "panels") { RecurrentPanels(weights) }
    let gates = LSTMGates(
      units: weights.units, activation: activation, recurrentActivation: recurrentActivation,
      rounding: context.rounding)
    if let rounding = context.rounding {
      return RoundedLSTMBody(
        panels: panels, gates: gates, rounding: rounding, addsBiasFirst: addsBiasFirst)
    }
    return LSTMBody(panels: panels, gates: gates)
  }
}

/// An ``LSTMCell`` that is ready to run.
private struct LSTMBody: DivisibleBody {
  let panels: RecurrentPanels
  let gates: LSTMGates

  var projectionSize: Int { panels.width }
  var scratchSize: Int { panels.width }
  var units: Int { panels.units }
  var unitGrain: Int? { gates.isElementwise ? panels.unitGrain : nil }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    panels.project(x, projection, rows: rows, workers: workers)
  }

  func advance(_ step: RecurrentStep) {
    panels.addState(step)
    gates.combine(
      rows: step.items, z: step.projection, zStride: step.projectionStride,
      c: step.states + panels.units, cStride: step.stateStride, h: step.states,
      hStride: step.stateStride)
  }

  func advance(_ step: RecurrentStep, _ part: Range<Int>, to next: UnsafeMutablePointer<Float>) {
    let z = step.scratch + 4 * part.lowerBound
    let c = next + units + part.lowerBound
    for item in 0..<step.items {
      let offset = item * step.stateStride
      (c + offset).update(
        from: step.states + units + part.lowerBound + offset, count: part.count)
    }
    panels.multiplyState(
      step, units: part, into: z, stride: panels.width,
      Epilogue(residual: step.projection, residualStride: step.projectionStride))
    gates.combine(
      rows: step.items, units: part.count, z: z, zStride: panels.width, c: c,
      cStride: step.stateStride, h: next + part.lowerBound, hStride: step.stateStride)
  }
}

import Tensors

/// z = x · kernel + h · recurrent_kernel + bias, cut into z_i, z_f, z_c and z_o;
/// c' = f(z_f) · c + f(z_i) · g(z_c); h' = f(z_o) · g(c').
///
/// f is `recurrent_activation` and g is `activation`.
///
/// Step: x (F), states h and c (U). Weights: kernel (F, 4U), recurrent_kernel (U, 4U), bias (4U).
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/lstm_cell/>
struct LSTMCell: RecurrentCell {
  private let weights: RecurrentWeights
  private let activation: ActivationFunction
  private let recurrentActivation: ActivationFunction

  init(_ reader: inout LayerReader) {
    weights = RecurrentWeights(&reader, gates: 4)
    activation = reader.activation("activation", default: "tanh")
    recurrentActivation = reader.activation("recurrent_activation", default: "sigmoid")
  }

  func stateShapes(for input: Shape) throws(LayerError) -> [Shape] {
    try weights.check(input)
    return [[weights.units], [weights.units]]
  }

  func multiplyAdds(for input: Shape) -> Int { weights.multiplyAdds }

  func makeBody(for input: Shape, in context: PlanContext, key: String) -> any RecurrentBody {
    LSTMBody(
      panels: context.shared(key + "panels") { RecurrentPanels(weights) },
      activation: activation, recurrentActivation: recurrentActivation)
  }
}

/// An ``LSTMCell`` that is ready to run.
private struct LSTMBody: RecurrentBody {
  let panels: RecurrentPanels
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction

  var projectionSize: Int { panels.width }
  var scratchSize: Int { 0 }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    panels.project(x, projection, rows: rows, workers: workers)
  }

  func advance(_ step: RecurrentStep) {
    panels.addState(step)
    guard case .elementwise(let activation) = activation,
      case .elementwise(let recurrentActivation) = recurrentActivation
    else {
      return advanceByRows(step)
    }
    combine(step, activation, recurrentActivation)
  }

  private func combine(
    _ step: RecurrentStep, _ activation: Activation, _ recurrentActivation: Activation
  ) {
    CPUKernels.active.lstmCell(
      batch: step.items, units: panels.units, z: step.projection, zStride: step.projectionStride,
      c: step.states + panels.units, cStride: step.stateStride, h: step.states,
      hStride: step.stateStride, activation: activation, recurrentActivation: recurrentActivation)
  }

  /// The same with functions of which one is of a row as a whole, each gate being a row.
  private func advanceByRows(_ step: RecurrentStep) {
    let units = panels.units
    for item in 0..<step.items {
      let gates = step.projection + item * step.projectionStride
      recurrentActivation.apply(gates, gates, rows: 2, width: units)
      activation.apply(gates + 2 * units, gates + 2 * units, rows: 1, width: units)
      recurrentActivation.apply(gates + 3 * units, gates + 3 * units, rows: 1, width: units)
    }
    combine(step, .linear, .linear)
    for item in 0..<step.items {
      let output = step.states + item * step.stateStride
      activation.apply(output + units, output, rows: 1, width: units)
      CPUKernels.active.binary(
        .multiply, count: units, output,
        step.projection + item * step.projectionStride + 3 * units, into: output)
    }
  }
}

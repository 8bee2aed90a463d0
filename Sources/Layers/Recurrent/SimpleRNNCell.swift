import Tensors

/// h' = activation(x · kernel + h · recurrent_kernel + bias).
///
/// Step: x (F), state h (U). Weights: kernel (F, U), recurrent_kernel (U, U), bias (U).
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/>
struct SimpleRNNCell: RecurrentCell {
  private let weights: RecurrentWeights
  private let activation: ActivationFunction

  init(_ reader: inout LayerReader) {
    weights = RecurrentWeights(&reader, gates: 1)
    activation = reader.activation("activation", default: "tanh")
  }

  var stateCount: Int { 1 }

  func stateShapes(for input: Shape) throws(LayerError) -> [Shape] {
    try weights.check(input)
    return [[weights.units]]
  }

  func multiplyAdds(for input: Shape) -> Int { weights.multiplyAdds }

  func makeBody(for input: Shape, in context: PlanContext, key: String) -> any RecurrentBody {
    let panels = context.shared(key + "panels") { RecurrentPanels(weights) }
    if let rounding = context.rounding {
      return RoundedSimpleRNNBody(panels: panels, activation: activation, rounding: rounding)
    }
    return SimpleRNNBody(panels: panels, activation: activation)
  }
}

/// A ``SimpleRNNCell`` that is ready to run.
private struct SimpleRNNBody: RecurrentBody {
  let panels: RecurrentPanels
  let activation: ActivationFunction

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
    for item in 0..<step.items {
      activation.apply(
        step.projection + item * step.projectionStride, step.states + item * step.stateStride,
        rows: 1, width: panels.units)
    }
  }
}

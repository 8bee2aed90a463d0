import Tensors

/// z = f(x · W_z + h · U_z + b_z), r = f(x · W_r + h · U_r + b_r); h' = z · h + (1 - z) · n, where
/// n = g(x · W_h + b_h + r · (h · U_h + b'_h)) with `reset_after`, and
/// n = g(x · W_h + b_h + (r · h) · U_h) without.
///
/// f is `recurrent_activation` and g is `activation`; with `reset_after` every gate has a second
/// bias, which belongs to the state's product.
///
/// Step: x (F), state h (U). Weights, each in the order z, r, h: kernel W (F, 3U),
/// recurrent_kernel U (U, 3U), bias (2, 3U) or (3U).
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/gru_cell/>
struct GRUCell: RecurrentCell {
  private let weights: RecurrentWeights
  private let resetsAfter: Bool
  private let activation: ActivationFunction
  private let recurrentActivation: ActivationFunction

  init(_ reader: inout LayerReader) {
    resetsAfter = reader.bool("reset_after", default: true)
    weights = RecurrentWeights(&reader, gates: 3, hasStateBias: resetsAfter)
    activation = reader.activation("activation", default: "tanh")
    recurrentActivation = reader.activation("recurrent_activation", default: "sigmoid")
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
      return RoundedGRUBody(
        panels: panels,
        candidateKernel: resetsAfter
          ? nil : context.shared(key + "candidate") { packedCandidate() },
        activation: activation, recurrentActivation: recurrentActivation, rounding: rounding)
    }
    guard resetsAfter else {
      return GRUResetBeforeBody(
        panels: panels,
        candidateKernel: context.shared(key + "candidate") { packedCandidate() },
        activation: activation, recurrentActivation: recurrentActivation)
    }
    return GRUResetAfterBody(
      panels: panels, activation: activation, recurrentActivation: recurrentActivation)
  }

  /// The columns of the recurrent kernel that the candidate takes.
  private func packedCandidate() -> PackedMatrix {
    let (units, width) = (weights.units, weights.width)
    return PackedMatrix(
      weights.recurrentKernel, rows: units, columns: (2 * units)..<width, of: width)
  }
}

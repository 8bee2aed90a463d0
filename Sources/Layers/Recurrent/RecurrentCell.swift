import Tensors

/// What a recurrent layer repeats over time: one step's maths, with its options and weights.
///
/// A cell sees one time step of its layer's input at a time, a vector or a picture, and states that
/// it carries from step to step.
protocol RecurrentCell: Sendable {
  /// Reads options and weights.
  init(_ reader: inout LayerReader)

  /// The number of states.
  var stateCount: Int { get }

  /// The shapes of one item's states, where `input` is the shape of one item's time step.
  func stateShapes(for input: Shape) throws(LayerError) -> [Shape]

  /// Which of the states is the cell's output.
  func outputState(for input: Shape) throws(LayerError) -> Int

  /// The multiplications with an addition that one step of one item takes.
  func multiplyAdds(for input: Shape) -> Int

  /// The cell with its weights packed; `key` tells it apart from other cells of the same layer.
  func makeBody(
    for input: Shape, in context: PlanContext, key: String
  ) throws(LayerError) -> any RecurrentBody
}

extension RecurrentCell {
  /// The first.
  func outputState(for input: Shape) throws(LayerError) -> Int { 0 }
}

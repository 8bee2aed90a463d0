public import ModelFormat
public import Tensors

/// A model that remembers: each prediction goes on from the states in which the one before left the
/// recurrent layers that are `stateful`, as Keras's do.
///
/// ```swift
/// var session = try Session(model)
/// for part in parts { print(try session.predict([part])[0]) }
/// session.reset()
/// ```
///
/// A session is a value: a copy goes on by itself, from the states that it was copied with.
public struct Session: Sendable {
  /// The model.
  public let model: Model
  /// What the states are, by the calls that give them, the batch on the first axis.
  ///
  /// `lstm:1` and `lstm:2` are the h and c of `lstm`. Empty where no layer of the model is stateful.
  public let statePorts: [ModelPort]
  /// The states that the next prediction goes on from, in the order of ``statePorts``; empty where
  /// it starts anew.
  public var states: [Tensor] = []

  /// The model with states among its results, and the one that takes some too.
  private let starting: Model
  private let resuming: Model

  /// A session of a model, which starts anew.
  ///
  /// - Throws: The problem of a layer that cannot run with states.
  public init(_ model: Model) throws(ModelProblem) {
    let graph = try model.graph.givingStates()
    let probe = try graph.graph.probe()
    let ports = graph.last.map { value in
      ModelPort(
        name: graph.graph.valueNames[value], shape: probe.openShape(of: value),
        elementType: .float32)
    }
    var start = graph.graph
    start.outputs += graph.last
    // Before Keras 3, the states that a call is given are for the first batch alone.
    let version = model.provenance.kerasVersion ?? ""
    var next = graph.takingStates(
      ports, replacesGiven: version.hasPrefix("1.") || version.hasPrefix("2."))
    next.outputs += graph.last.map { $0 + ports.count }
    self.model = model
    statePorts = ports
    starting = try Model(model, graph: start, inputs: model.inputs)
    resuming = try Model(model, graph: next, inputs: model.inputs + ports)
  }

  /// Forgets the states: the next prediction starts from zeros, or from the states that the model
  /// gives its layers.
  public mutating func reset() { states = [] }

  /// The model's outputs for a batch of inputs, whose items go on where those of the last batch
  /// ended; the states stay as they were where this fails.
  ///
  /// - Parameter inputs: One tensor for each of the model's inputs, the batch on the first axis.
  /// - Returns: One tensor for each of the model's outputs.
  /// - Throws: ``PredictionError`` where an input, or a state, does not fit the model or the batch.
  public mutating func predict(_ inputs: [Tensor]) throws(PredictionError) -> [Tensor] {
    try checkBatch(inputs)
    let results =
      states.isEmpty ? try starting.predict(inputs) : try resuming.predict(inputs + states)
    states = Array(results[model.outputs.count...])
    return Array(results[..<model.outputs.count])
  }

  /// Checks that the inputs have as many items as the states.
  private func checkBatch(_ inputs: [Tensor]) throws(PredictionError) {
    guard inputs.count == model.inputs.count else {
      throw .inputCount(expected: model.inputs.count, found: inputs.count)
    }
    guard let batch = states.first?.shape.dimensions.first else { return }
    for (port, input) in zip(model.inputs, inputs)
    where input.shape.dimensions.first.map({ $0 != batch }) == true {
      throw .inputShape(
        input: port.name, expected: [batch] + port.shape.dropFirst(), found: input.shape)
    }
  }
}

extension Model {
  /// Whether some layer keeps its states from one batch to the next: for ``Session``.
  public var isStateful: Bool { graph.isStateful }
}

import Tensors

/// A layer that runs a cell along the time axis of its input.
///
/// Input: (B, T, S…), then, where they are given, the states before the first step (B, …); by the
/// keyword `mask`, (B, T), the time steps that count, or (B, T, P…), those of each place of what has
/// places. A masked time step keeps the states. Output:
/// (B, …) or (B, T, …), then, with `return_state`, the states after the last step.
protocol RecurrentLayer: StatefulLayer {
  /// What is repeated.
  var cell: any RecurrentCell { get }
  /// How it is repeated.
  var options: RecurrentOptions { get set }
}

extension RecurrentLayer {
  static var keywords: Set<String> { ["mask"] }

  package var isStateful: Bool { options.isStateful }
  package var valueCount: Int { 1 }
  package var stateCount: Int { cell.stateCount }

  package func givingStates() -> any StatefulLayer {
    var layer = self
    layer.options.returnsState = true
    return layer
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let states = try states(for: call)
    let sequence = call.inputs[0].shape
    let axes = options.returnsSequences ? [sequence[0], sequence[1]] : [sequence[0]]
    let output = TensorType(Shape(axes + (try outputShape(for: call)).dimensions))
    try call.checkStates(states)
    return [output] + (options.returnsState ? states.map { call.stateType($0) } : [])
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let wiring = RecurrentLoop.Wiring(
      initialStates: call.positionalCount > 1 ? 1 : nil, mask: call.keywords["mask"],
      maskPlaces: call.maskPlaces,
      finalStates: options.returnsState ? 1 : nil)
    let loop = try makeLoop(for: call, wiring, in: context)
    let grain = grain(for: call)
    return .run(scratchBytes: loop.scratchCount * MemoryLayout<Float>.stride) { buffers in
      let output = RecurrentLoop.Output(
        start: buffers.output(), stepStride: loop.outputSize,
        itemStride: loop.outputSize * (options.returnsSequences ? loop.steps : 1))
      buffers.workers.forEachRange(of: loop.batch, grain: grain) { items in
        loop.run(items, buffers, output, scratch: buffers.scratch())
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    let shape = call.inputs[0].shape
    guard shape.rank > 2 else { return 0 }
    return shape[0] * shape[1] * cell.multiplyAdds(for: call.stepShape)
  }
}

extension RecurrentLayer {
  /// The shapes of one item's states, the call's sequence checked.
  func states(for call: LayerCall) throws(LayerError) -> [Shape] {
    guard call.positionalCount > 0, call.inputs[0].shape.rank > 2 else {
      throw LayerError(
        "expected a sequence of rank 3 or more, found "
          + (call.inputs.first.map { "shape \($0.shape)" } ?? "no input"))
    }
    return try cell.stateShapes(for: call.stepShape)
  }

  /// The shape of one item's output of a time step.
  func outputShape(for call: LayerCall) throws(LayerError) -> Shape {
    try states(for: call)[cell.outputState(for: call.stepShape)]
  }

  /// The loop of a call; `key` tells it apart from other loops of the same layer.
  func makeLoop(
    for call: LayerCall, _ wiring: RecurrentLoop.Wiring, in context: PlanContext,
    key: String = ""
  ) throws(LayerError) -> RecurrentLoop {
    RecurrentLoop(
      try cell.makeBody(for: call.stepShape, in: context, key: key), options, wiring,
      input: call.inputs[0].shape, states: try states(for: call),
      output: try cell.outputState(for: call.stepShape))
  }

  /// The items that are worth a thread of their own.
  func grain(for call: LayerCall) -> Int {
    let itemWork = multiplyAdds(for: call) / max(1, call.inputs[0].shape[0])
    return max(1, 200_000 / max(1, itemWork))
  }
}

extension LayerCall {
  /// The shape of one item's time step.
  var stepShape: Shape { Shape(Array(inputs[0].shape.dimensions.dropFirst(2))) }

  /// The type of a state of all items.
  func stateType(_ state: Shape) -> TensorType {
    TensorType(Shape([inputs[0].shape[0]] + state.dimensions))
  }

  /// Checks that the call passes states of the given shapes, or none, and a mask that fits.
  func checkStates(_ states: [Shape]) throws(LayerError) {
    guard positionalCount == 1 || positionalCount == 1 + states.count else {
      throw LayerError(
        "expected 1 input or \(1 + states.count) with initial states, found \(positionalCount)")
    }
    for (state, input) in zip(states, inputs[..<positionalCount].dropFirst())
    where input.shape != stateType(state).shape {
      throw LayerError(
        "expected an initial state of shape \(stateType(state).shape), found \(input.shape)")
    }
    try checkMask(states)
  }

  /// The places of a step that a mask tells apart, as one of pixels does.
  var maskPlaces: Int {
    keywords["mask"].map { inputs[$0].shape.dimensions.dropFirst(2).reduce(1, *) } ?? 1
  }

  private func checkMask(_ states: [Shape]) throws(LayerError) {
    guard let mask = keywords["mask"].map({ inputs[$0].shape }) else { return }
    let steps = inputs[0].shape.dimensions.prefix(2)
    let places = mask.dimensions.dropFirst(2)
    let isOfPlaces = states.allSatisfy {
      $0.rank > places.count && $0.dimensions.prefix(places.count) == places
    }
    guard mask.dimensions.prefix(2) == steps, places == [1] || isOfPlaces else {
      let hasPlaces = states.contains { $0.rank > 1 }
      throw LayerError(
        "expected a mask of shape \(Shape(Array(steps)))"
          + (hasPlaces ? ", or of the states' places as well" : "") + ", found \(mask)")
    }
  }
}

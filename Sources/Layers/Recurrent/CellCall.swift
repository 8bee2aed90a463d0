import Tensors

/// One step of a recurrent cell that a model calls by itself: `GRUCell`, `LSTMCell`,
/// `SimpleRNNCell` and `StackedRNNCells`.
///
/// Input: x (B, F), then the cell's states (B, U). Weights: the cell's. Output: the cell's output,
/// then its next states.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/lstm_cell/>
struct CellCall: Layer {
  static let classNames = LayerReader.cellTypes.keys.sorted()

  private let cell: any RecurrentCell

  init(_ reader: inout LayerReader) {
    let type = LayerReader.cellTypes[reader.className] ?? StackedRNNCells.self
    cell = type.init(&reader)
    // These act while a model is trained.
    for option in ["unit_forget_bias", "dropout", "recurrent_dropout"] { _ = reader.value(option) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard let x = call.inputs.first?.shape, x.rank == 2 else {
      throw LayerError("expected an input of rank 2 and states, found \(call.inputs)")
    }
    let states = try cell.stateShapes(for: Shape([x[1]])).map { Shape([x[0]] + $0.dimensions) }
    guard call.inputs.dropFirst().map(\.shape) == states else {
      throw LayerError(
        "expected states of shapes \(states), found \(call.inputs.dropFirst().map(\.shape))")
    }
    let output = states[try cell.outputState(for: Shape([x[1]]))]
    return ([output] + states).map { TensorType($0) }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (batch, input) = (call.inputs[0].shape[0], Shape([call.inputs[0].shape[1]]))
    let body = try cell.makeBody(for: input, in: context, key: "")
    let sizes = try cell.stateShapes(for: input).map(\.elementCount)
    let output = try cell.outputState(for: input)
    let stride = sizes.reduce(0, +)
    let perItem = body.projectionSize + stride + body.scratchSize
    return .run(scratchBytes: batch * perItem * MemoryLayout<Float>.stride) { buffers in
      let projection = buffers.scratch()
      let states = projection + batch * body.projectionSize
      body.project(buffers.input(0), projection, rows: batch, workers: buffers.workers)
      var offset = 0
      for (index, size) in sizes.enumerated() {
        for item in 0..<batch {
          (states + item * stride + offset)
            .update(from: buffers.input(1 + index) + item * size, count: size)
        }
        offset += size
      }
      body.advance(
        RecurrentStep(
          items: batch, projection: projection, projectionStride: body.projectionSize,
          states: states, stateStride: stride, scratch: states + batch * stride))
      offset = 0
      for (index, size) in sizes.enumerated() {
        for item in 0..<batch {
          let state = states + item * stride + offset
          (buffers.output(1 + index) + item * size).update(from: state, count: size)
          if index == output { (buffers.output() + item * size).update(from: state, count: size) }
        }
        offset += size
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let x = call.inputs.first?.shape, x.rank == 2 else { return 0 }
    return x[0] * cell.multiplyAdds(for: Shape([x[1]]))
  }
}

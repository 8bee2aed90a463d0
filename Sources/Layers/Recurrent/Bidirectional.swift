import ModelFormat
import Tensors

/// y = merge(forward(x), backward(x)): two recurrent layers, one of which runs from the last time
/// step to the first.
///
/// The layers' outputs at masked time steps are zeros, unless `zero_output_for_mask` is false.
/// The backward layer's sequence is reversed before it is merged, so that time steps meet. With
/// `merge_mode` `null` both are outputs.
///
/// Input: (B, T, F…), then the forward and the backward layer's states where they are given; the
/// mask by keyword. Weights: the layers', under `forward_layer` and `backward_layer`. Output: the
/// merged output or both, then the states of both with `return_state`.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/bidirectional/>
struct Bidirectional: Layer {
  static let classNames = ["Bidirectional"]
  static let keywords: Set<String> = ["mask"]

  private var layers: [any RecurrentLayer]
  private let merge: DirectionMerge

  init(_ reader: inout LayerReader) {
    merge = DirectionMerge(&reader)
    let zeroes = reader.bool("zero_output_for_mask", default: true)
    let forwardObject = reader.value("layer") ?? .null
    let forward = Self.layer("layer", forwardObject, "forward_layer", zeroes, &reader)
    let backwardObject = reader.value("backward_layer") ?? Self.reversed(forwardObject)
    let backward = Self.layer("backward_layer", backwardObject, "backward_layer", zeroes, &reader)
    layers = [forward, backward].compactMap { $0 }
    guard layers.count == 2 else { return }
    let options = layers.map(\.options)
    if options[0].returnsSequences != options[1].returnsSequences
      || options[0].returnsState != options[1].returnsState
      || options[0].goesBackwards == options[1].goesBackwards
    {
      reader.reject(
        "backward_layer",
        "expected the forward layer's \"return_sequences\" and \"return_state\" and the opposite "
          + "\"go_backwards\", found others")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let states = [try layers[0].states(for: call), try layers[1].states(for: call)]
    try call.checkStates(states[0] + states[1])
    let options = layers[0].options
    let axes = call.inputs[0].shape.dimensions.prefix(options.returnsSequences ? 2 : 1)
    let shapes = (try layers[0].outputShape(for: call), try layers[1].outputShape(for: call))
    let outputs = try merge.shapes(shapes.0, shapes.1).map {
      TensorType(Shape(axes + $0.dimensions))
    }
    guard options.returnsState else { return outputs }
    return outputs + (states[0] + states[1]).map { call.stateType($0) }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let loops = [
      try makeLoop(0, for: call, in: context), try makeLoop(1, for: call, in: context),
    ]
    let steps = layers[0].options.returnsSequences ? loops[0].steps : 1
    let plan = MergePlan(
      merge: merge, batch: loops[0].batch, steps: steps,
      rows: try layers[0].outputShape(for: call).dimensions.dropLast().reduce(1, *),
      sizes: loops.map(\.outputSize))
    let counts = [loops[0].scratchCount, loops[1].scratchCount]
    let scratchCount = counts[0] + counts[1] + plan.scratchCount
    let (grain, batch) = (layers[0].grain(for: call), loops[0].batch)
    return .run(scratchBytes: scratchCount * MemoryLayout<Float>.stride) { buffers in
      let merging = buffers.scratch(from: counts[0] + counts[1])
      let outputs = (plan.output(0, buffers, merging), plan.output(1, buffers, merging))
      buffers.workers.forEachRange(of: 2 * batch, grain: grain) { items in
        let forward = items.clamped(to: 0..<batch)
        let backward = items.clamped(to: batch..<(2 * batch))
        loops[0].run(forward, buffers, outputs.0, scratch: buffers.scratch())
        loops[1].run(
          (backward.lowerBound - batch)..<(backward.upperBound - batch), buffers, outputs.1,
          scratch: buffers.scratch(from: counts[0]))
      }
      plan.merge(buffers, merging)
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    layers.reduce(0) { $0 + $1.multiplyAdds(for: call) }
  }
}

extension Bidirectional: StatefulLayer {
  var isStateful: Bool { layers.contains(where: \.isStateful) }
  var valueCount: Int { merge.outputCount }
  var stateCount: Int { layers.reduce(0) { $0 + $1.stateCount } }

  func givingStates() -> any StatefulLayer {
    var both = self
    for index in both.layers.indices { both.layers[index].options.returnsState = true }
    return both
  }
}

extension Bidirectional {
  /// The layers that may be made bidirectional.
  private static let layerTypes: [any RecurrentLayer.Type] = [
    ConvLSTM.self, GRU.self, LSTM.self, RNN.self, SimpleRNN.self,
  ]

  private static func layer(
    _ option: String, _ object: JSONValue, _ prefix: String, _ zeroesMaskedOutput: Bool,
    _ reader: inout LayerReader
  ) -> (any RecurrentLayer)? {
    reader.nested(option, object, weights: prefix) { reader -> (any RecurrentLayer)? in
      let className = reader.className
      guard let type = layerTypes.first(where: { $0.classNames.contains(className) }) else {
        return nil
      }
      var layer = type.init(&reader)
      // Keras forces this on the layers of a Bidirectional, whatever their configuration says.
      layer.options.zeroesMaskedOutput = layer.options.returnsSequences && zeroesMaskedOutput
      return layer
    }
  }

  /// A layer's object with time the other way round.
  private static func reversed(_ object: JSONValue) -> JSONValue {
    guard var members = object.object, var config = object["config"]?.object else { return object }
    config["go_backwards"] = .bool(config["go_backwards"] != .bool(true))
    members["config"] = .object(config)
    return .object(members)
  }

  private func makeLoop(
    _ index: Int, for call: LayerCall, in context: PlanContext
  ) throws(LayerError) -> RecurrentLoop {
    let stateCount = try layers[0].states(for: call).count
    let wiring = RecurrentLoop.Wiring(
      initialStates: call.positionalCount > 1 ? 1 + index * stateCount : nil,
      mask: call.keywords["mask"], maskPlaces: call.maskPlaces,
      finalStates: layers[0].options.returnsState
        ? merge.outputCount + index * stateCount : nil)
    return try layers[index].makeLoop(
      for: call, wiring, in: context, key: index == 0 ? "forward_layer/" : "backward_layer/")
  }
}

import ModelFormat
import Tensors

/// Makes a Sequential model a graph: its input, then each layer called on the one before.
struct SequentialGraph {
  /// Where problems are told.
  let report: ImportReport

  /// The model of the given layers, which were read from the given entries.
  func model(
    name: String, layers: [SourceLayer], entries: [JSONValue], config: JSONValue
  ) -> SourceModel {
    var chain = layers
    if chain.first?.input == nil {
      chain.insert(implicitInput(layers, entries: entries, config: config), at: 0)
    }
    var value = ValueReference(layer: chain[0].name, call: 0)
    let input = value
    for index in chain.indices.dropFirst() {
      chain[index].calls = [SourceCall(positional: [.value(value)])]
      value = ValueReference(layer: chain[index].name, call: 0)
    }
    return SourceModel(
      name: name, layers: chain, inputs: [SourceModel.Port(value: input)],
      outputs: [SourceModel.Port(value: value)])
  }

  /// The input of a model without an `InputLayer`.
  ///
  /// Keras names it after the first layer (`dense_input` for `dense`). Its shape stands in the first
  /// layer, or in the model, or in a model that comes first.
  private func implicitInput(
    _ layers: [SourceLayer], entries: [JSONValue], config: JSONValue
  ) -> SourceLayer {
    let parser = InputParser(report: report)
    let options = entries.first?["config"]?.object ?? [:]
    var input = SourceInput(shape: parser.shape(options))
    if let shape = parser.shape(config.object ?? [:]), input.shape == nil { input.shape = shape }
    if let inner = layers.first?.model, input.shape == nil {
      input = inner.inputs.first.flatMap { inner.layer(named: $0.value.layer)?.input } ?? input
    }
    if let type = (options["dtype"]?.string).flatMap(ElementType.init), !type.isFloatingPoint {
      input.elementType = type
    }
    let name = (layers.first?.name ?? "sequential") + "_input"
    return SourceLayer(name: name, className: "InputLayer", body: .input(input))
  }
}

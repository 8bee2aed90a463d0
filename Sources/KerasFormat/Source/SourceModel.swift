/// A model's graph as a file tells it; a Sequential model becomes a chain of calls.
struct SourceModel: Sendable {
  /// An input or output: the value, and its key where the file names it in a dictionary.
  struct Port: Sendable {
    /// The key in a dictionary of inputs or outputs.
    var key: String?
    /// The value.
    var value: ValueReference
    /// The layer that the file names for an output that is told as another layer's.
    var listedLayer: String?
    /// What an input is where it is no input layer's, but another layer's output, as Keras 3.0 keeps
    /// it.
    var tensor: SourceInput?
  }

  /// The model's name.
  var name: String
  /// The layers in the file's order.
  var layers: [SourceLayer]
  /// The inputs in the order in which the model takes them.
  var inputs: [Port]
  /// The outputs in the order in which the model gives them.
  var outputs: [Port]
  /// The names of the layers that the file lists, in its order, whatever becomes of them here.
  var listed: [String] = []
  /// Every call that can be made, each after the calls whose values it reads.
  var order: [CallPosition] = []
}

/// A call's place in a model: the layer's index and the call's index.
struct CallPosition: Hashable, Sendable {
  /// The index in ``SourceModel/layers``.
  var layer: Int
  /// The index in ``SourceLayer/calls``.
  var call: Int
}

extension SourceModel {
  /// The layer of that name.
  func layer(named name: String) -> SourceLayer? { layers.first { $0.name == name } }

  /// The same model with every reference of its calls and outputs passed through `transform`.
  func mappingReferences(_ transform: (ValueReference) -> ValueReference) -> SourceModel {
    var model = self
    for index in layers.indices {
      model.layers[index].calls = layers[index].calls.map { $0.mapReferences(transform) }
    }
    for index in outputs.indices {
      let value = outputs[index].value
      model.outputs[index].listedLayer = outputs[index].listedLayer ?? value.layer
      model.outputs[index].value = transform(value)
    }
    return model
  }
}

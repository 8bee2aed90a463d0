import ModelFormat

/// A layer that owns weights, wherever nested models and `TimeDistributed` hold it.
struct WeightLeaf {
  /// The layer's name in the description.
  let path: String
  /// The class.
  let className: String
  /// The options.
  let config: [String: JSONValue]
  /// The weights that the layer must have, or nil where the class is not known.
  let slots: [WeightSlot]?
  /// The layer's name behind those of the models between it and the outermost layer.
  let components: [String]
  /// Whether the layer's own flag says that it is trained.
  let isTrainable: Bool
  /// Whether every model that holds the layer is trained too.
  let isTrainableThroughout: Bool

  /// Whether the weights' names tell more than their order, which depends on when Keras made those
  /// that it quantised or added.
  var isNamed: Bool { config[Quantization.option] != nil || config[LowRank.option] != nil }

  /// The layers with weights of their own in `layer`, in Keras's order.
  static func leaves(of layer: SourceLayer) -> [WeightLeaf] {
    leaves(of: layer, path: layer.name, components: [], isTrainable: true)
  }

  private static func leaves(
    of layer: SourceLayer, path: String, components: [String], isTrainable: Bool
  ) -> [WeightLeaf] {
    let isTrainable = isTrainable && layer.isTrainable
    switch layer.body {
    case .input: return []
    case .model(let model):
      let outer = path == layer.name && components.isEmpty ? [] : components + [layer.name]
      return model.layers.flatMap {
        leaves(
          of: $0, path: joined(path, $0.name), components: outer, isTrainable: isTrainable)
      }
    case .timeDistributed(let inner):
      return leaves(
        of: inner, path: joined(path, inner.name), components: components + [layer.name],
        isTrainable: isTrainable)
    case .layer:
      return [
        WeightLeaf(
          path: path, className: layer.className, config: layer.config,
          slots: WeightLayout.slots(of: layer.className, layer.config),
          components: components + [layer.name], isTrainable: layer.isTrainable,
          isTrainableThroughout: isTrainable)
      ]
    }
  }
}

/// A weight's place: which layer, and which of its slots.
struct WeightPlace: Hashable {
  /// The index among the leaves.
  var leaf: Int
  /// The index among the leaf's slots.
  var slot: Int
}

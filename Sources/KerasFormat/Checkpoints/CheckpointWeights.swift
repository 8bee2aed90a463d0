import ModelFormat

/// A model's weights in a TensorFlow checkpoint, which Keras 2's `save_weights` writes and a
/// SavedModel holds: `layer-3` is the model's fourth layer, whose variables are weights.
///
/// Keras 2: `keras/engine/functional.py`, `_layer_checkpoint_dependencies`.
struct CheckpointWeights: GroupedWeights {
  private let file: CheckpointFile
  private let graph: CheckpointGraph

  /// The weights in a checkpoint.
  init(_ file: CheckpointFile) throws(ModelProblem) {
    self.file = file
    graph = try CheckpointGraph(file)
  }

  func groups(of model: SourceModel) throws(ModelProblem) -> WeightGroups {
    guard let root else {
      throw ModelProblem(
        .invalid, option: CheckpointGraph.key,
        reason: "expected the objects of a model's layers, \"layer-0\" and so on, found none")
    }
    guard let layers = graph.layers(of: model, at: root) else {
      throw ModelProblem(
        .invalid, option: CheckpointGraph.key,
        reason: "expected \(model.listed.count) layers, found \(graph.layers(of: root).count)")
    }
    var groups: [(name: String, weights: [StoredWeight])] = []
    for (index, node) in layers where model.layers[index].input == nil {
      var weights: [StoredWeight] = []
      for case let variable? in variables(of: node).map({ graph.nodes[$0].variable })
      where !Self.foreign.contains(variable.name.lastPart) {
        weights.append(
          StoredWeight(name: variable.name, tensor: try file.tensor(variable.key)))
      }
      groups.append((model.layers[index].name, weights))
    }
    return WeightGroups(groups)
  }

  /// The object that is the model; what `tf.train.Checkpoint(model=model)` saves holds it.
  private var root: Int? {
    let saved = graph.nodes.isEmpty ? [] : [0] + graph.nodes[0].children.map(\.node)
    return saved.first { !graph.layers(of: $0).isEmpty }
  }

  /// A layer's variables in Keras's order, trainable ones first, where that is saved.
  private func variables(of layer: Int) -> [Int] {
    guard let all = graph.list("variables", of: layer) else {
      return graph.variables(below: layer) { !Self.foreign.contains($0) }
    }
    let trainable = graph.list("trainable_variables", of: layer) ?? []
    return trainable + all.filter { !trainable.contains($0) }
  }

  /// What is no layer's weight: what a model that was compiled holds besides its layers, the state of
  /// a random generator, and what a lookup layer counts while it learns.
  private static let foreign: Set = [
    "optimizer", "keras_api", "compiled_metrics", "metrics", "StateVar", "num_documents",
  ]
}

extension String {
  /// What stands behind the last stroke.
  fileprivate var lastPart: String {
    split(separator: "/").last.map(String.init) ?? self
  }
}

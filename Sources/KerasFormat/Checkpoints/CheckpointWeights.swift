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
    let layers = try layers(of: model)
    var groups: [(name: String, weights: [StoredWeight])] = []
    for (index, node) in layers where model.layers[index].input == nil {
      var weights: [StoredWeight] = []
      for variable in graph.variables(below: node, into: { !Self.foreign.contains($0) })
      where !Self.foreign.contains(variable.name.lastPart) {
        weights.append(
          StoredWeight(name: variable.name, tensor: try file.tensor(variable.key)))
      }
      groups.append((model.layers[index].name, weights))
    }
    return WeightGroups(groups, isOrdered: false)
  }

  /// The objects of the model's layers.
  ///
  /// What `tf.train.Checkpoint(model=model)` saves holds the model, among others.
  private func layers(
    of model: SourceModel
  ) throws(ModelProblem) -> [(index: Int, node: Int)] {
    let saved = graph.nodes.isEmpty ? [] : [(name: "", node: 0)] + graph.nodes[0].children
    let models = saved.filter { !graph.layers(of: $0.node).isEmpty }
    let fitting = models.compactMap { saved in
      graph.layers(of: model, at: saved.node).map { (name: saved.name, layers: $0) }
    }
    let wanted = fitting.first { ["", "model"].contains($0.name) }
    if let layers = (fitting.count == 1 ? fitting[0] : wanted)?.layers { return layers }
    let counts = models.map { "\(graph.layers(of: $0.node).count)" }.joined(separator: " or ")
    let names = fitting.map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw ModelProblem(
      .invalid, option: CheckpointGraph.key,
      reason: fitting.count > 1
        ? "expected one model of \(model.listed.count) layers, found \(names): save the one alone"
        : "expected a model of \(model.listed.count) layers, found "
          + (models.isEmpty ? "none" : "\(counts)")
          + ": the weights are another model's than the configuration")
  }

  /// What is no layer's weight: what a model that was compiled holds besides its layers, the lists of
  /// all variables that a SavedModel has, the state of a random generator, and what a lookup layer
  /// counts while it learns.
  private static let foreign: Set = [
    "optimizer", "keras_api", "compiled_metrics", "metrics", "variables", "trainable_variables",
    "regularization_losses", "StateVar", "num_documents",
  ]
}

extension String {
  /// What stands behind the last stroke.
  fileprivate var lastPart: String {
    split(separator: "/").last.map(String.init) ?? self
  }
}

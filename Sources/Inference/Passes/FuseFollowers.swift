import Layers

extension RewritableGraph {
  /// product → batch normalization becomes one product, its weights scaled and its bias shifted.
  mutating func foldBatchNormalization() {
    fuseFollowers { if case .scale = $0 { true } else { false } }
  }

  /// product → function becomes one product, the function computed while it is stored.
  mutating func fuseActivations() {
    fuseFollowers { if case .function = $0 { true } else { false } }
  }

  /// Lets calls absorb those behind them whose operation is one of those asked for.
  private mutating func fuseFollowers(where isWanted: (GraphOperation) -> Bool) {
    for index in nodes.indices {
      guard let operation = operation(at: index), isWanted(operation),
        let input = nodes[index]?.inputs.first, let producer = absorber(of: input),
        let layer = producer.layer.absorbing(operation)
      else { continue }
      merge(producer.index, index, as: layer)
    }
  }
}

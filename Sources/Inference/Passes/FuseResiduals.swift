import Layers
import Tensors

extension RewritableGraph {
  /// product, x → sum becomes one product that x is added to while it is stored.
  ///
  /// Of two terms that are products the later one absorbs the sum, so that the other is there.
  mutating func fuseResiduals() {
    for index in nodes.indices {
      guard case .sum? = operation(at: index), let inputs = nodes[index]?.inputs,
        inputs.count == 2, inputs[0] != inputs[1],
        types[inputs[0]].shape == types[inputs[1]].shape
      else { continue }
      let producers = inputs.indices.compactMap { position in
        absorber(of: inputs[position]).map {
          (place: $0.index, layer: $0.layer, position: position)
        }
      }
      for producer in producers.sorted(by: { $0.place > $1.place }) {
        guard let layer = producer.layer.absorbing(.sum) else { continue }
        merge(producer.place, index, as: layer, adding: inputs[1 - producer.position])
        break
      }
    }
  }
}

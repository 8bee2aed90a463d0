import Layers

extension RewritableGraph {
  /// x → identity → y becomes x → y.
  mutating func removeIdentities() {
    for index in nodes.indices {
      guard case .identity? = operation(at: index), let input = nodes[index]?.inputs.first
      else { continue }
      remove(index, reading: input)
    }
  }
}

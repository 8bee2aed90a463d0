import Layers
import Tensors

extension RewritableGraph {
  /// product of pixels → depthwise convolution becomes one call, in which the product is computed
  /// a few rows at a time, where what lies between them is larger than a processor's own cache.
  mutating func fuseExpansions() {
    for index in nodes.indices {
      guard let expansion = operation(at: index), case .expansion = expansion,
        let output = nodes[index]?.outputs.first, readCount(of: output) == 1,
        types[output].byteCount / max(types[output].shape[0], 1) >= Self.cacheByteCount,
        let reader = nodes.firstIndex(where: { $0?.inputs == [output] }),
        nodes[reader]?.rounding == nil, hasRows(reader),
        let layer = (nodes[reader]?.layer as? any AbsorbingLayer)?.absorbing(expansion)
      else { continue }
      merge(index, reader, as: layer)
    }
  }

  /// Whether threads can share the rows of what a call gives.
  private func hasRows(_ index: Int) -> Bool {
    guard let output = nodes[index]?.outputs.first else { return false }
    return types[output].shape[1] >= Self.leastRows
  }

  private static let leastRows = 16

  /// What the second-level cache of most processors holds at least.
  private static let cacheByteCount = 1 << 20
}

import Layers

extension RewritableGraph {
  /// zeros around an image → window becomes one window over the image with margins.
  mutating func fusePadding() {
    for index in nodes.indices {
      guard case .padding(let margins)? = operation(at: index), let padding = nodes[index],
        readCount(of: padding.outputs[0]) == 1,
        let reader = nodes.firstIndex(where: { $0?.inputs == padding.outputs }),
        nodes[reader]?.rounding == nil,
        let layer = (nodes[reader]?.layer as? any AbsorbingLayer)?.absorbing(.padding(margins))
      else { continue }
      absorb(index, into: reader, as: layer, reading: padding.inputs[0])
    }
  }
}

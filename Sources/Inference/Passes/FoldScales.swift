import Layers

extension RewritableGraph {
  /// batch normalization → product becomes one product, its weights scaled and its bias shifted:
  /// what could not become part of what is in front of it, for a function between them.
  mutating func foldScales() {
    for index in nodes.indices {
      guard case .scale(let factors, let offsets)? = operation(at: index),
        let scale = nodes[index], readCount(of: scale.outputs[0]) == 1,
        offsets.allSatisfy({ abs($0) <= Self.largestOffset }),
        let reader = nodes.firstIndex(where: { $0?.inputs == scale.outputs }),
        nodes[reader]?.rounding == nil,
        let layer = (nodes[reader]?.layer as? any AbsorbingLayer)?
          .absorbing(.scaledInput(factors: factors, offsets: offsets))
      else { continue }
      absorb(index, into: reader, as: layer, reading: scale.inputs[0])
    }
  }

  /// A larger one takes away most of a large number, which would cost digits of the product.
  private static let largestOffset: Float = 8
}

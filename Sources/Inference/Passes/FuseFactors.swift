import Layers
import Tensors

extension RewritableGraph {
  /// x · s → product becomes one product, whose weights s scales while it runs: s has one factor for
  /// each channel of each item, as in squeeze-and-excitation.
  ///
  /// It pays where an item has many more pixels than the product has columns.
  mutating func fuseFactors() {
    for index in nodes.indices {
      guard case .product? = operation(at: index), let product = nodes[index],
        readCount(of: product.outputs[0]) == 1, let (x, factors) = channelFactors(product.inputs),
        let reader = nodes.firstIndex(where: { $0?.inputs.first == product.outputs[0] }),
        nodes[reader]?.rounding == nil, paysFactors(of: x, for: reader),
        let layer = (nodes[reader]?.layer as? any AbsorbingLayer)?.absorbing(.product)
      else { continue }
      absorb(index, into: reader, as: layer, reading: x, factors: factors)
    }
  }

  /// Which of two terms has pixels, and which a factor for each of their channels.
  private func channelFactors(_ inputs: [Int]) -> (x: Int, factors: Int)? {
    guard inputs.count == 2 else { return nil }
    return [(inputs[0], inputs[1]), (inputs[1], inputs[0])].first { x, factors in
      types[factors].shape.isChannelFactors(of: types[x].shape)
    }
  }

  private func paysFactors(of x: Int, for reader: Int) -> Bool {
    guard let output = nodes[reader]?.outputs.first else { return false }
    let pixels = types[x].shape.dimensions.dropFirst().dropLast().reduce(1, *)
    return pixels >= 2 * (types[output].shape.dimensions.last ?? pixels)
  }
}

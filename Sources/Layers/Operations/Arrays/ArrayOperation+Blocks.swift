import ModelFormat
import Tensors

/// Functions of TensorFlow that cut arrays into blocks, and two of `tf.nn`.
extension ArrayOperation {
  static let blocks: [String: Rule] = [
    "ops.BatchToSpace": Rule(
      { call throws(LayerError) in
        let blocks = try Blocks(call, margins: "crops")
        let product = blocks.sizes.reduce(1, *)
        var output = call.shapes[0]
        guard output[0] % product == 0 else {
          throw LayerError("expected items that \(product) divides, found shape \(output)")
        }
        output[0] /= product
        for (axis, size) in blocks.sizes.enumerated() {
          output[axis + 1] = output[axis + 1] * size - blocks.margins[axis].reduce(0, +)
        }
        return [TensorType(try blocks.checked(output), call.operands[0].type.elementType)]
      },
      { call, x in
        guard let blocks = try? Blocks(call, margins: "crops") else { return x }
        let (count, shape) = (blocks.sizes.count, x[0].shape)
        let rest = Array(shape.dimensions[(count + 1)...])
        let cut = blocks.sizes + [shape[0] / blocks.sizes.reduce(1, *)]
        let axes = [count] + (0..<count).flatMap { [count + 1 + $0, $0] }
        let joined = x[0].reshaped(Shape(cut + Array(shape.dimensions.dropFirst())))
          .transposed(axes + rest.indices.map { 2 * count + 1 + $0 })
          .reshaped(
            Shape(
              [cut[count]] + blocks.sizes.indices.map { shape[$0 + 1] * blocks.sizes[$0] } + rest))
        return [blocks.moved(joined, by: { -$0 })]
      }),
    "ops.Crelu": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let axis = try call.axis("axis", -1)
        var output = call.shapes[0]
        output[axis] *= 2
        return [TensorType(output)]
      },
      { call, x in
        guard let axis = try? call.axis("axis", -1) else { return x }
        return [
          x[0].withLast(axis).mapRows { row in row.map { max($0, 0) } + row.map { max(-$0, 0) } }
            .withLastMoved(to: axis)
        ]
      }),
    "ops.L2Normalize": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        let shape = x[0].shape
        let asked = call.options.ints("axis") ?? Array(0..<shape.rank)
        let axes = asked.compactMap(shape.normalizedAxis)
        let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
        let count = axes.reduce(1) { $0 * shape[$1] }
        let moved = x[0].transposed(order)
        let least = call.options.number("epsilon", 0)
        let scaled = moved.reshaped([moved.elements.count / max(count, 1), count]).mapRows { row in
          let norm = max(row.reduce(0) { $0 + $1 * $1 }.squareRoot(), least)
          return row.map { $0 / norm }
        }
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        return [scaled.reshaped(moved.shape).transposed(back)]
      }),
    "ops.SpaceToBatch": Rule(
      { call throws(LayerError) in
        let blocks = try Blocks(call, margins: "paddings")
        var output = call.shapes[0]
        output[0] *= blocks.sizes.reduce(1, *)
        for (axis, size) in blocks.sizes.enumerated() {
          let padded = output[axis + 1] + blocks.margins[axis].reduce(0, +)
          guard padded % size == 0 else {
            throw LayerError("expected a size that \(size) divides, found \(padded)")
          }
          output[axis + 1] = padded / size
        }
        return [TensorType(try blocks.checked(output), call.operands[0].type.elementType)]
      },
      { call, x in
        guard let blocks = try? Blocks(call, margins: "paddings") else { return x }
        let padded = blocks.moved(x[0], by: { $0 })
        let (count, shape) = (blocks.sizes.count, padded.shape)
        let rest = Array(shape.dimensions[(count + 1)...])
        let cut = blocks.sizes.indices.map { shape[$0 + 1] / blocks.sizes[$0] }
        let axes = (0..<count).map { 2 + 2 * $0 } + [0] + (0..<count).map { 1 + 2 * $0 }
        let order = axes + rest.indices.map { 2 * count + 1 + $0 }
        return [
          padded.reshaped(Shape([shape[0]] + zip(cut, blocks.sizes).flatMap { [$0, $1] } + rest))
            .transposed(order)
            .reshaped(Shape([shape[0] * blocks.sizes.reduce(1, *)] + cut + rest))
        ]
      }),
  ]
}

/// The blocks of the axes behind the batch, and what is added to or cut off each axis.
private struct Blocks {
  let sizes: [Int]
  let margins: [[Int]]

  init(_ call: ArrayCall, margins option: String) throws(LayerError) {
    try call.expect(1...1)
    sizes = call.options.ints("block_shape") ?? []
    margins = (call.options[option]?.array ?? []).map { ($0.array ?? []).compactMap(\.int) }
    let limit = 1 << 24
    guard !sizes.isEmpty, sizes.count < call.shapes[0].rank, margins.count == sizes.count,
      sizes.allSatisfy({ (1...limit).contains($0) }),
      margins.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0...limit).contains($0) } })
    else {
      throw LayerError(
        "expected a block and two margins for each axis of \(call.shapes[0]), found \(sizes)")
    }
  }

  /// The shape of a result, where it is one.
  func checked(_ shape: Shape) throws(LayerError) -> Shape {
    guard shape.dimensions.allSatisfy({ $0 >= 0 }), shape.elementCount(atMost: 1 << 31) != nil
    else { throw LayerError("expected another shape than \(shape.dimensions)") }
    return shape
  }

  /// The array with zeros around it, or with its edges cut off: each margin changes by `sign`.
  func moved(_ x: NumberArray, by sign: (Int) -> Int) -> NumberArray {
    margins.enumerated().reduce(x) { x, margin in
      let (before, behind) = (sign(margin.element[0]), sign(margin.element[1]))
      return x.withLast(margin.offset + 1).mapRows { row in
        let kept = row.dropFirst(max(-before, 0)).dropLast(max(-behind, 0))
        return [Double](repeating: 0, count: max(before, 0)) + kept
          + [Double](repeating: 0, count: max(behind, 0))
      }.withLastMoved(to: margin.offset + 1)
    }
  }
}

import ModelFormat
import Tensors

/// Losses, and normalisations by numbers that the graph computes.
extension ArrayOperation {
  static let measures: [String: Rule] = [
    "ops.BatchNorm": Rule(
      { call throws(LayerError) in
        try call.expect(3...5)
        let axis = try call.axis("axis", -1)
        for shape in call.shapes.dropFirst() {
          guard aligned(shape, on: axis, of: call.shapes[0]) != nil else {
            throw LayerError("expected a number for each place on axis \(axis), found \(shape)")
          }
        }
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        guard let axis = try? call.axis("axis", -1) else { return [] }
        let sides = x.dropFirst().map { side in
          (aligned(side.shape, on: axis, of: x[0].shape).map { side.reshaped($0) } ?? side)
            .broadcast(to: x[0].shape)
        }
        let hasOffset = call.isGiven.count > 3 && call.isGiven[3]
        let offset = hasOffset ? sides[2] : nil
        let scale = sides.count > (hasOffset ? 3 : 2) ? sides[sides.count - 1] : nil
        let epsilon = call.options.number("epsilon", 1e-3)
        return [
          NumberArray(
            x[0].shape,
            x[0].elements.indices.map { index in
              let factor =
                (scale?.elements[index] ?? 1)
                / (sides[1].elements[index] + epsilon).squareRoot()
              return (x[0].elements[index] - sides[0].elements[index]) * factor
                + (offset?.elements[index] ?? 0)
            })
        ]
      }),
    "ops.BinaryCrossentropy": Rule(
      { call throws(LayerError) in
        try call.expect(2...2)
        return [TensorType(try call.broadcast())]
      },
      { call, x in
        let isLogit = call.options.bool("from_logits")
        let losses = zip(x[0].elements, x[1].elements).map { target, output in
          if isLogit {
            return max(output, 0) - output * target + Scalar.logAddExp(0, -abs(output))
          }
          let p = Float(clipped(output))
          // Keras 2 makes sure twice that no logarithm is of zero.
          let more: Float = call.options.bool("adds_epsilon") ? 1e-7 : 0
          let (yes, no) = (Double(p + more), Double(1 - p + more))
          return -(target * Scalar.logarithm(yes) + (1 - target) * Scalar.logarithm(no))
        }
        return [NumberArray(x[0].shape, losses)]
      }),
    "ops.CategoricalCrossentropy": Rule(
      { call throws(LayerError) in
        let (target, output) = try pair(call)
        guard target == output, output.rank > 0 else {
          throw LayerError("expected a target like the output, found \(call.shapes)")
        }
        var sizes = output.dimensions
        sizes.remove(at: try call.axis("axis", -1))
        return [TensorType(Shape(sizes))]
      },
      { call, x in
        let axis = call.options.int("axis", -1)
        let isLogit = call.options.bool("from_logits")
        let losses = zip(x[0].withLast(axis).rows, x[1].withLast(axis).rows).map { target, row in
          let total = row.reduce(0, +)
          let logarithms =
            isLogit ? logSoftmax(row) : row.map { Scalar.logarithm(clipped($0 / total)) }
          return -zip(target, logarithms).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return [NumberArray([losses.count], losses)]
      }),
    "ops.LayerNorm": normalization { call, row in
      let mean = call.options.bool("rms_scaling") ? 0 : row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return (mean, variance)
    },
    "ops.MultiHot": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let shape = call.shapes[0]
        let axis = call.options.int("axis", -1)
        let place = axis < 0 ? axis + shape.rank + 1 : axis
        guard !call.options.bool("sparse"), shape.rank > 0, place > 0, place <= shape.rank,
          (1...LayerReader.largestSize).contains(call.options.int("num_classes", 0))
        else { throw LayerError("expected dense classes on an axis, found \(axis)") }
        return [TensorType(hitShape(shape, call, place), try asked(call) ?? .float32)]
      },
      { call, x in
        let classes = call.options.int("num_classes", 0)
        let shape = x[0].shape
        let axis = call.options.int("axis", -1)
        let place = axis < 0 ? axis + shape.rank + 1 : axis
        let lines = x[0].withLast(shape.rank > 1 ? 1 : 0)
        if place == 1, shape.rank > 1 {
          // Keras takes the largest over the classes, which stand where the hits did.
          return [x[0].map { $0 >= 0 && $0 < Double(classes) ? 1 : 0 }]
        }
        let hits = lines.mapRows { row in
          var hits = [Double](repeating: 0, count: classes)
          for id in row where id >= 0 && id < Double(classes) { hits[Int(id)] = 1 }
          return hits
        }
        return [hits.withLastMoved(to: max(place - 1, 0))]
      }),
    "ops.PSNR": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a == b else { throw LayerError("expected one shape, found \(call.shapes)") }
        return [TensorType([])]
      },
      { call, x in
        let error = zip(x[0].elements, x[1].elements).reduce(0) { sum, pair in
          sum + (pair.0 - pair.1) * (pair.0 - pair.1)
        }
        let mean = error / Double(x[0].elements.count)
        let top = Scalar.logarithm10(call.options.number("max_val", 1))
        return [NumberArray([], [20 * top - 10 * Scalar.logarithm10(mean)])]
      }),
    "ops.RMSNorm": normalization { _, row in
      (0, row.reduce(0) { $0 + $1 * $1 } / Double(row.count))
    },
    "ops.SparseCategoricalCrossentropy": Rule(
      { call throws(LayerError) in
        let (target, output) = try pair(call)
        let rows = Shape(Array(output.dimensions.dropLast()))
        guard output.rank > 0, target == rows || target == Shape(rows.dimensions + [1]) else {
          throw LayerError("expected a class for each row, found \(call.shapes)")
        }
        return [TensorType(rows)]
      },
      { call, x in
        let isLogit = call.options.bool("from_logits")
        let losses = zip(x[0].elements, x[1].rows).map { target, row in
          guard target >= 0, target < Double(row.count) else {
            call.fail("expected a class of \(row.count), found \(target)")
            return 0.0
          }
          let logits = isLogit ? Array(row) : row.map { Scalar.logarithm(clipped($0)) }
          return -logSoftmax(logits[...])[Int(target)]
        }
        return [NumberArray([losses.count], losses)]
      }),
  ]

  /// The shape of hits among classes on an axis: the first axis behind the batch is gone.
  private static func hitShape(_ shape: Shape, _ call: ArrayCall, _ place: Int) -> Shape {
    var sizes = shape.dimensions
    sizes.insert(call.options.int("num_classes", 0), at: place)
    sizes.remove(at: shape.rank > 1 ? 1 : 0)
    return Shape(sizes)
  }

  /// A probability within what Keras takes the logarithm of.
  private static func clipped(_ probability: Double) -> Double {
    min(max(probability, Double(Float(1e-7))), Double(1 - Float(1e-7)))
  }

  /// The logarithms of the shares that logits stand for.
  static func logSoftmax(_ row: ArraySlice<Double>) -> [Double] {
    let top = row.max() ?? 0
    let total = Scalar.logarithm(row.reduce(0) { $0 + Scalar.exponential($1 - top) })
    return row.map { $0 - top - total }
  }

  /// A shape of one number for each place on an axis, as it broadcasts to the whole; nil for others.
  private static func aligned(_ shape: Shape, on axis: Int, of whole: Shape) -> Shape? {
    if shape.rank == 1, shape[0] == whole[axis] {
      return Shape(whole.dimensions.indices.map { $0 == axis ? shape[0] : 1 })
    }
    return broadcastShape(shape, whole) == whole ? shape : nil
  }

  /// x less a mean, over the root of a variance, along the axes; scaled and moved by the operands
  /// that follow.
  private static func normalization(
    _ statistics: @escaping @Sendable (ArrayCall, ArraySlice<Double>) -> (Double, Double)
  ) -> Rule {
    Rule(
      { call throws(LayerError) in
        try call.expect(1...3)
        let count = try normalizedAxes(call).reduce(1) { $0 * call.shapes[0][$1] }
        for shape in call.shapes.dropFirst() {
          guard
            shape.elementCount == count || broadcastShape(shape, call.shapes[0]) == call.shapes[0]
          else { throw LayerError("expected a factor for each place, found shape \(shape)") }
        }
        // Whole numbers are what is left of the result, too.
        let type = call.operands[0].type.elementType
        return [TensorType(call.shapes[0], type == .bool ? .float32 : type)]
      },
      { call, x in
        guard let axes = try? normalizedAxes(call) else { return [] }
        let shape = x[0].shape
        let epsilon = call.options.number("epsilon", 1e-7)
        let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
        let count = axes.reduce(1) { $0 * shape[$1] }
        let moved = x[0].transposed(order)
        var result = moved.reshaped([moved.elements.count / max(count, 1), count]).mapRows { row in
          let (mean, variance) = statistics(call, row)
          let factor = 1 / (variance + epsilon).squareRoot()
          return row.map { ($0 - mean) * factor }
        }.reshaped(moved.shape)
        var back = order
        for (place, axis) in order.enumerated() { back[axis] = place }
        result = result.transposed(back)
        let hasScale = call.isGiven.count > 1 && call.isGiven[1]
        for (place, side) in x.dropFirst().enumerated() {
          let sizes = shape.dimensions.indices.map { axes.contains($0) ? shape[$0] : 1 }
          let isPlain = broadcastShape(side.shape, shape) == shape && side.shape.rank == shape.rank
          let whole = (isPlain ? side : side.reshaped(Shape(sizes))).broadcast(to: shape)
          for index in result.elements.indices {
            if place == 0, hasScale {
              result.elements[index] *= whole.elements[index]
            } else {
              result.elements[index] += whole.elements[index]
            }
          }
        }
        return [result]
      })
  }

  private static func normalizedAxes(_ call: ArrayCall) throws(LayerError) -> [Int] {
    let asked = call.options.ints("axis") ?? [-1]
    let axes = asked.compactMap(call.shapes[0].normalizedAxis).sorted()
    guard axes.count == asked.count else {
      throw LayerError("expected axes of shape \(call.shapes[0]), found \(asked)")
    }
    return axes
  }
}

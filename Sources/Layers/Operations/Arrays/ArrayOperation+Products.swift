import ModelFormat
import Tensors

/// Products of arrays.
extension ArrayOperation {
  static let products: [String: Rule] = [
    "ops.CDist": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.rank >= 2, b.rank >= 2, a[-1] == b[-1],
          let lead = broadcastShape(
            Shape(Array(a.dimensions.dropLast(2))), Shape(Array(b.dimensions.dropLast(2))))
        else { throw LayerError("expected points of as many coordinates, found \(call.shapes)") }
        return [TensorType(Shape(lead.dimensions + [a[-2], b[-2]]))]
      }, distances),
    "ops.Corrcoef": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let shape = call.shapes[0]
        guard shape.rank == 2 else { throw LayerError("expected rows, found \(shape)") }
        return [TensorType(Shape(shape.dimensions.dropLast() + [shape[-2]]))]
      }, correlations),
    "ops.Correlate": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.rank == 1, b.rank == 1, a[0] > 0, b[0] > 0 else {
          throw LayerError("expected vectors, found \(call.shapes)")
        }
        return [TensorType([window(call, a[0], b[0]).count])]
      },
      { call, x in
        let (a, b) = (x[0].elements, x[1].elements)
        let values = window(call, a.count, b.count).map { start in
          b.indices.reduce(0.0) { sum, index in
            a.indices.contains(start + index) ? sum + a[start + index] * b[index] : sum
          }
        }
        return [NumberArray([values.count], values)]
      }),
    "ops.Cross": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.rank > 0, b.rank > 0 else { throw LayerError("expected vectors") }
        let (first, second) = (try crossed(a, call, "axisa"), try crossed(b, call, "axisb"))
        guard let lead = broadcastShape(first.lead, second.lead) else {
          throw LayerError("expected shapes that broadcast together, found \(call.shapes)")
        }
        let type = call.promoted()
        if first.size == 2, second.size == 2 { return [TensorType(lead, type)] }
        var sizes = lead.dimensions
        sizes.insert(3, at: try place(call, "axisc", rank: sizes.count + 1))
        return [TensorType(Shape(sizes), type)]
      }, crossProducts),
    "ops.Kron": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        let sizes = zip(padded(a, to: b.rank), padded(b, to: a.rank)).map(*)
        return [TensorType(Shape(sizes), call.promoted())]
      },
      { _, x in
        let a = padded(x[0].shape, to: x[1].shape.rank)
        let b = padded(x[1].shape, to: x[0].shape.rank)
        let (strides, other) = (Shape(a).strides, Shape(b).strides)
        var elements: [Double] = []
        let sizes = zip(a, b).map(*)
        for index in 0..<sizes.reduce(1, *) {
          var (rest, first, second) = (index, 0, 0)
          for axis in sizes.indices.reversed() {
            let place = rest % sizes[axis]
            rest /= sizes[axis]
            first += place / b[axis] * strides[axis]
            second += place % b[axis] * other[axis]
          }
          elements.append(x[0].elements[first] * x[1].elements[second])
        }
        return [NumberArray(Shape(sizes), elements)]
      }),
    "ops.Outer": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        return [TensorType([a.elementCount, b.elementCount], call.promoted())]
      },
      { _, x in
        let elements = x[0].elements.flatMap { a in x[1].elements.map { a * $0 } }
        return [NumberArray([x[0].elements.count, x[1].elements.count], elements)]
      }),
    "ops.Vander": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let shape = call.shapes[0]
        guard shape.rank == 1 else { throw LayerError("expected a vector, found shape \(shape)") }
        return [TensorType([shape[0], call.options.int("N", shape[0])], call.promoted())]
      },
      { call, x in
        let count = call.options.int("N", x[0].elements.count)
        let ascends = call.options.bool("increasing")
        let elements = x[0].elements.flatMap { number in
          (0..<count).map { Scalar.power(number, Double(ascends ? $0 : count - 1 - $0)) }
        }
        return [NumberArray([x[0].elements.count, count], elements)]
      }),
    "ops.Vdot": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.elementCount == b.elementCount else {
          throw LayerError("expected as many numbers on both sides, found \(call.shapes)")
        }
        return [TensorType([], call.promoted())]
      },
      { _, x in
        [NumberArray([], [zip(x[0].elements, x[1].elements).reduce(0) { $0 + $1.0 * $1.1 }])]
      }),
  ]

  /// The shapes of the two operands.
  static func pair(_ call: ArrayCall) throws(LayerError) -> (Shape, Shape) {
    try call.expect(2...2)
    return (call.shapes[0], call.shapes[1])
  }

  private static func padded(_ shape: Shape, to rank: Int) -> [Int] {
    [Int](repeating: 1, count: max(0, rank - shape.rank)) + shape.dimensions
  }

  /// Where the second vector stands under the first one for every result.
  private static func window(_ call: ArrayCall, _ a: Int, _ b: Int) -> [Int] {
    let full = Array((1 - b)..<a)
    switch call.options.text("mode", "valid") {
    case "full": return full
    case "same":
      let start = (full.count - max(a, b)) / 2
      return Array(full[start..<(start + max(a, b))])
    default: return Array(0..<max(a - b + 1, 0))
    }
  }

  private static let distances: Compute = { _, x in
    let (a, b) = (x[0].shape, x[1].shape)
    let lead =
      broadcastShape(
        Shape(Array(a.dimensions.dropLast(2))), Shape(Array(b.dimensions.dropLast(2)))) ?? Shape([])
    let first = x[0].broadcast(to: Shape(lead.dimensions + a.dimensions.suffix(2))).rows
    let second = x[1].broadcast(to: Shape(lead.dimensions + b.dimensions.suffix(2))).rows
    var elements: [Double] = []
    for item in 0..<lead.elementCount {
      for row in 0..<a[-2] {
        for column in 0..<b[-2] {
          let sum = zip(first[item * a[-2] + row], second[item * b[-2] + column])
            .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          elements.append(sum.squareRoot())
        }
      }
    }
    return [NumberArray(Shape(lead.dimensions + [a[-2], b[-2]]), elements)]
  }

  private static let correlations: Compute = { _, x in
    let count = x[0].shape[-2]
    let centred = x[0].mapRows { row in
      let mean = row.reduce(0, +) / Double(row.count)
      return row.map { $0 - mean }
    }
    let rows = centred.rows
    var elements: [Double] = []
    for item in 0..<(rows.count / max(count, 1)) {
      let own = rows[(item * count)..<((item + 1) * count)]
      let sizes = own.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      for (row, a) in own.enumerated() {
        for (column, b) in own.enumerated() {
          let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
          elements.append(min(max(product / (sizes[row] * sizes[column]), -1), 1))
        }
      }
    }
    return [NumberArray(Shape(x[0].shape.dimensions.dropLast() + [count]), elements)]
  }

  /// The axis whose vectors are multiplied, the others, and its size.
  private static func crossed(
    _ shape: Shape, _ call: ArrayCall, _ option: String
  ) throws(LayerError) -> (axis: Int, lead: Shape, size: Int) {
    let axis = call.options["axis"]?.int ?? call.options.int(option, -1)
    guard let place = shape.normalizedAxis(axis), [2, 3].contains(shape[place]) else {
      throw LayerError("expected vectors of 2 or 3 numbers on axis \(axis) of shape \(shape)")
    }
    var lead = shape.dimensions
    lead.remove(at: place)
    return (place, Shape(lead), shape[place])
  }

  /// Where an option puts a new axis of a result of a rank.
  private static func place(
    _ call: ArrayCall, _ option: String, rank: Int
  ) throws(LayerError) -> Int {
    let axis = call.options["axis"]?.int ?? call.options.int(option, -1)
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place) else {
      throw LayerError("expected an axis of rank \(rank), found \(axis)")
    }
    return place
  }

  private static let crossProducts: Compute = { call, x in
    guard let first = try? crossed(x[0].shape, call, "axisa"),
      let second = try? crossed(x[1].shape, call, "axisb"),
      let lead = broadcastShape(first.lead, second.lead)
    else { return [] }
    let a = x[0].withLast(first.axis)
      .broadcast(to: Shape(lead.dimensions + [first.size])).rows
    let b = x[1].withLast(second.axis)
      .broadcast(to: Shape(lead.dimensions + [second.size])).rows
    let products = zip(a, b).map { a, b in
      let (a, b) = (Array(a) + [0], Array(b) + [0])
      return [
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
      ]
    }
    if first.size == 2, second.size == 2 { return [NumberArray(lead, products.map { $0[2] })] }
    let whole = NumberArray(Shape(lead.dimensions + [3]), products.flatMap { $0 })
    let place = try? place(call, "axisc", rank: lead.rank + 1)
    return [whole.withLastMoved(to: place ?? lead.rank)]
  }
}

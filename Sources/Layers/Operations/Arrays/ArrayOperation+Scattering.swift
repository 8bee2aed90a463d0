import ModelFormat
import Tensors

/// Arrays of which some numbers are taken or replaced at places that others tell.
extension ArrayOperation {
  static let scatterings: [String: Rule] = {
    var rules: [String: Rule] = [
      "ops.Scatter": Rule(
        { call throws(LayerError) in
          try call.expect(2...2)
          let shape = Shape(call.options.ints("shape") ?? [])
          try checkPlaces(call.shapes[0], call.shapes[1], in: shape)
          return [TensorType(shape, call.promoted(1))]
        },
        { call, x in
          let zeros = NumberArray(Shape(call.options.ints("shape") ?? []), repeating: 0)
          return [scattered(zeros, x[0], x[1], call, +)]
        }),
      "ops.ScatterUpdate": Rule(
        { call throws(LayerError) in
          try call.expect(3...3)
          try checkPlaces(call.shapes[1], call.shapes[2], in: call.shapes[0])
          return [TensorType(call.shapes[0], call.promoted(0))]
        },
        { call, x in
          let operation = reductions[call.options.text("reduction", "")] ?? { _, new in new }
          return [scattered(x[0], x[1], x[2], call, operation)]
        }),
      "ops.Slice": Rule(
        { call throws(LayerError) in
          try call.expect(2...2)
          let sizes = call.options.ints("shape") ?? []
          guard sizes.count == call.shapes[0].rank else {
            throw LayerError("expected \(call.shapes[0].rank) sizes, found \(sizes)")
          }
          // A size of -1 is what begins at a constant leaves.
          let starts = call.operands[1].constantNumbers?.map { Int(index: $0) } ?? []
          let rest = zip(call.shapes[0].dimensions, starts + sizes.map { _ in 0 }).map(-)
          return [
            TensorType(
              Shape(zip(sizes, rest).map { $0 < 0 ? $1 : $0 }), call.operands[0].type.elementType)
          ]
        }, slice),
      "ops.SliceUpdate": Rule(
        { call throws(LayerError) in
          try call.expect(3...3)
          guard call.shapes[2].rank == call.shapes[0].rank,
            zip(call.shapes[2].dimensions, call.shapes[0].dimensions).allSatisfy({ $0 <= $1 })
          else { throw LayerError("expected a part of the first tensor, found \(call.shapes)") }
          return [TensorType(call.shapes[0], call.operands[0].type.elementType)]
        }, sliceUpdate),
    ]
    for (name, (start, operation)) in segments {
      rules[name] = Rule(
        { call throws(LayerError) in
          let (data, ids) = try pair(call)
          guard ids.rank == 1, data.rank > 0, data[0] == ids[0],
            let count = call.options["num_segments"]?.int, count >= 0
          else {
            throw LayerError(
              "expected a number of segments and one for each row, found \(call.shapes)")
          }
          return [TensorType(data.withBatch(count), call.promoted(0))]
        },
        { call, x in
          let count = call.options.int("num_segments", 0)
          let isFloat = call.operands[0].type.elementType.isFloatingPoint
          let range = isFloat ? Double(Float.greatestFiniteMagnitude) : Double(Int32.max)
          let lowest = isFloat ? -range : Double(Int32.min)
          let open = start.isInfinite ? (start < 0 ? lowest : range) : start
          var result = NumberArray(x[0].shape.withBatch(count), repeating: open)
          let width = x[0].elements.count / max(x[1].elements.count, 1)
          for (row, id) in x[1].elements.enumerated() where id >= 0 && id < Double(count) {
            for column in 0..<width {
              let place = Int(id) * width + column
              result.elements[place] = operation(
                result.elements[place], x[0].elements[row * width + column])
            }
          }
          return [result]
        })
    }
    return rules
  }()

  private static let reductions: [String: @Sendable (Double, Double) -> Double] = [
    "add": { $0 + $1 }, "max": { max($0, $1) }, "min": { min($0, $1) }, "mul": { $0 * $1 },
    "sub": { $0 - $1 },
  ]

  private static let segments: [String: (Double, @Sendable (Double, Double) -> Double)] = [
    "ops.SegmentMax": (-.infinity, { max($0, $1) }), "ops.SegmentMin": (.infinity, { min($0, $1) }),
    "ops.SegmentProd": (1, { $0 * $1 }), "ops.SegmentSum": (0, { $0 + $1 }),
  ]

  /// Fails unless places (…, K) of a shape's first K axes have updates (…, rest).
  private static func checkPlaces(
    _ places: Shape, _ updates: Shape, in shape: Shape
  ) throws(LayerError) {
    guard let depth = places.dimensions.last, depth <= shape.rank,
      Shape(places.dimensions.dropLast() + shape.dimensions[depth...]) == updates
    else {
      throw LayerError(
        "expected an update of shape \(shape) for each of the places \(places), found \(updates)")
    }
  }

  private static func scattered(
    _ target: NumberArray, _ places: NumberArray, _ updates: NumberArray, _ call: ArrayCall,
    _ operation: (Double, Double) -> Double
  ) -> NumberArray {
    var result = target
    let depth = places.shape.dimensions.last ?? 0
    let strides = target.shape.strides
    let width = target.shape.dimensions[depth...].reduce(1, *)
    for (row, place) in places.rows.enumerated() {
      var offset = 0
      for (axis, index) in place.enumerated() {
        let index = Int(index: index)
        guard (0..<target.shape[axis]).contains(index) else {
          call.fail("expected places in shape \(target.shape), found \(Array(place))")
          return result
        }
        offset += index * strides[axis]
      }
      for column in 0..<width {
        result.elements[offset + column] = operation(
          result.elements[offset + column], updates.elements[row * width + column])
      }
    }
    return result
  }

  private static let slice: Compute = { call, x in
    let sizes = call.options.ints("shape") ?? []
    let starts = x[1].elements.map { Int(index: $0) }
    guard starts.count == sizes.count else { return [] }
    let taken = zip(zip(sizes, starts), x[0].shape.dimensions).map { part, size in
      part.0 < 0 ? size - part.1 : part.0
    }
    for (axis, start) in starts.enumerated()
    where start < 0 || start + taken[axis] > x[0].shape[axis] {
      call.fail("expected a part of shape \(x[0].shape), found one that begins at \(starts)")
      return [NumberArray(Shape(taken), repeating: 0)]
    }
    let strides = x[0].shape.strides
    let first = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    var result = NumberArray(Shape(taken), repeating: 0)
    Odometer(Array(zip(taken, strides)).map { ($0.0, $0.1) }).walk { index, place in
      result.elements[index] = x[0].elements[first + place]
    }
    return [result]
  }

  private static let sliceUpdate: Compute = { _, x in
    var result = x[0]
    let strides = x[0].shape.strides
    // Keras moves a part that would not fit back into the tensor.
    let starts = x[1].elements.enumerated().map { axis, start in
      min(max(Int(index: start), 0), x[0].shape[axis] - x[2].shape[axis])
    }
    guard starts.count == strides.count else { return [result] }
    let first = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    Odometer(Array(zip(x[2].shape.dimensions, strides)).map { ($0.0, $0.1) })
      .walk { index, place in result.elements[first + place] = x[2].elements[index] }
    return [result]
  }
}

import ModelFormat
import Tensors

/// Places of numbers among others.
extension ArrayOperation {
  /// Whether numbers are counted without regard to their rows, as `tf.math.bincount` does.
  private static func countsAll(_ call: ArrayCall) -> Bool {
    call.options.bool("counts_all") && call.options["axis"] == nil
  }

  static let searches: [String: Rule] = [
    "ops.Bincount": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let count = call.options.int("minlength", 0)
        if call.options.bool("sparse") { throw LayerError("expected no sparse tensors") }
        guard count > 0 else {
          throw LayerError("expected a \"minlength\": without it the numbers tell the shape")
        }
        let weights = try weights(call)
        let axis = call.options["axis"]?.int
        guard axis == nil || axis == -1 else {
          throw LayerError("expected axis -1 or none, found \(axis ?? 0)")
        }
        return [
          TensorType(
            Shape((countsAll(call) ? [] : call.shapes[0].dimensions.dropLast()) + [count]),
            weights.map { [call.operands[0], $0].promotedType } ?? .int32)
        ]
      },
      { call, x in
        let count = call.options.int("minlength", 0)
        let weights = (try? weights(call)).flatMap { $0 }
        let numbers = countsAll(call) ? x[0].reshaped([x[0].elements.count]) : x[0]
        return [
          numbers.mapRows { row in
            var bins = [Double](repeating: 0, count: count)
            for (place, number) in row.enumerated() where number >= 0 {
              if let most = call.options["maxlength"]?.double, number >= most { continue }
              guard number < Double(count) else {
                call.fail("expected numbers below \"minlength\", \(count), found \(number)")
                continue
              }
              bins[Int(number)] += weights?.number(at: place) ?? 1
            }
            return bins
          }
        ]
      }),
    "ops.Digitize": Rule(
      { call throws(LayerError) in
        try call.expect(2...2)
        return [TensorType(call.shapes[0], .int32)]
      },
      { _, x in
        let bounds = x[1].elements.map { Float($0) }
        return [x[0].map { number in Double(bounds.prefix { !(Float(number) < $0) }.count) }]
      }),
    "ops.InTopK": Rule(
      { call throws(LayerError) in
        let (targets, predictions) = try pair(call)
        guard targets.rank == 1, predictions.rank == 2, predictions[0] == targets[0] else {
          throw LayerError("expected targets (B,) and predictions (B, C), found \(call.shapes)")
        }
        return [TensorType(targets, .bool)]
      },
      { call, x in
        let k = call.options.int("k", 1)
        let hits = zip(x[0].elements, x[1].rows).map { target, row in
          guard target >= 0, target < Double(row.count), row.allSatisfy(\.isFinite) else {
            return 0.0
          }
          let own = row[row.startIndex + Int(target)]
          return row.count { $0 > own } < k ? 1 : 0
        }
        return [NumberArray(x[0].shape, hits)]
      }),
    "ops.IsIn": Rule(
      { call throws(LayerError) in
        try call.expect(2...2)
        return [TensorType(call.shapes[0], .bool)]
      },
      { call, x in
        let known = Set(x[1].elements)
        let inverts = call.options.bool("invert")
        return [x[0].map { !known.isEmpty && known.contains($0) != inverts ? 1 : 0 }]
      }),
    "ops.SearchSorted": Rule(
      { call throws(LayerError) in
        let (sorted, values) = try pair(call)
        guard sorted.rank == 1 || sorted.dimensions.dropLast() == values.dimensions.dropLast(),
          sorted.rank > 0
        else { throw LayerError("expected a vector, or one for each row, found \(call.shapes)") }
        return [TensorType(values, .int32)]
      },
      { call, x in
        let isLeft = call.options.text("side", "left") == "left"
        let rows = x[0].rows
        let width = x[1].elements.count / max(rows.count, 1)
        return [
          NumberArray(
            x[1].shape,
            x[1].elements.enumerated().map { place, value in
              let row = rows[min(place / max(width, 1), rows.count - 1)]
              return Double(row.prefix { isLeft ? $0 < value : !(value < $0) }.count)
            })
        ]
      }),
    "ops.UnravelIndex": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let type = call.promoted()
        return (call.options.ints("shape") ?? []).map { _ in TensorType(call.shapes[0], type) }
      },
      { call, x in
        let sizes = call.options.ints("shape") ?? []
        var rest = x[0]
        var places: [NumberArray] = []
        // Of all but vectors Keras takes the sizes in the other order.
        for size in x[0].shape.rank == 1 ? sizes.reversed() : sizes {
          let size = Double(max(size, 1))
          places.append(rest.map { $0 - ($0 / size).rounded(.down) * size })
          rest = rest.map { ($0 / size).rounded(.down) }
        }
        return places.reversed()
      }),
  ]

  /// The weights of a count: an option that is a constant.
  private static func weights(_ call: ArrayCall) throws(LayerError) -> Operand? {
    guard let json = call.options["weights"] else { return nil }
    return try Operand(json)
  }
}

extension Operand {
  /// A number of a constant.
  fileprivate func number(at place: Int) -> Double {
    guard let numbers = constantNumbers, !numbers.isEmpty else { return 1 }
    return numbers[min(place, numbers.count - 1)]
  }
}

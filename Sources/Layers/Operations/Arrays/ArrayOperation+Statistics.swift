import ModelFormat
import Tensors

/// Statistics along axes.
extension ArrayOperation {
  static let statistics: [String: Rule] = {
    var rules: [String: Rule] = [
      "ops.AllClose": Rule(
        { call throws(LayerError) in
          _ = try call.broadcast()
          return [TensorType([], .bool)]
        },
        { call, x in
          let (relative, absolute) = (
            call.options.number("rtol", 1e-5), call.options.number("atol", 1e-8)
          )
          let test = closeness(call, x, relative, absolute)
          return [NumberArray([], [test.elements.allSatisfy { $0 != 0 } ? 1 : 0])]
        }),
      "ops.Average": Rule(
        { call throws(LayerError) in
          try call.expect(1...2)
          return [TensorType(try reduced(call))]
        }, average),
      "ops.Isclose": Rule(
        { call throws(LayerError) in
          try call.expect(4...4)
          return [TensorType(try call.broadcast(), .bool)]
        },
        { call, x in [closeness(call, x, x[2].elements[0], x[3].elements[0])] }),
      "ops.Moments": Rule(
        { call throws(LayerError) in
          try call.expect(1...1)
          let shape = try reduced(call, option: "axes")
          return [TensorType(shape), TensorType(shape)]
        },
        { call, x in
          let rows = lines(x[0], call, option: "axes")
          return [
            rows.map { mean($0) },
            rows.map { row in
              let middle = mean(row)
              return mean(row.map { ($0 - middle) * ($0 - middle) }[...])
            },
          ].map { NumberArray([$0.count], $0) }
        }),
      "ops.Trace": Rule(
        { call throws(LayerError) in
          try call.expect(1...1)
          let (first, second) = (try call.axis("axis1", 0), try call.axis("axis2", 1))
          let shape = call.shapes[0]
          let sizes = shape.dimensions.indices.filter { $0 != first && $0 != second }
          let type = call.promoted()
          return [TensorType(Shape(sizes.map { shape[$0] }), type == .bool ? .int32 : type)]
        }, trace),
      "ops.Trapezoid": Rule(
        { call throws(LayerError) in
          try call.expect(1...1)
          return [TensorType(try reduced(call, fallback: -1))]
        }, trapezoid),
    ]
    for (name, function) in pastNaN {
      rules[name] = Rule(
        { call throws(LayerError) in
          try call.expect(1...1)
          let keepsType = ["max", "min", "prod", "sum"].contains { name == "ops.Nan" + $0 }
          let type = keepsType ? call.promoted() : .float32
          return [TensorType(try reduced(call), name.contains("arg") ? .int32 : type)]
        },
        { call, x in
          let rows = lines(x[0], call)
          return [NumberArray([rows.count], rows.map { row in function(row) })]
        })
    }
    for name in ["ops.Quantile", "ops.Nanquantile", "ops.Percentile", "ops.Nanpercentile"] {
      let scale = name.hasSuffix("uantile") ? 1.0 : 100
      rules[name] = Rule(
        { call throws(LayerError) in
          try call.expect(2...2)
          let q = call.shapes[1]
          return [TensorType(Shape(q.dimensions + (try reduced(call).dimensions)))]
        },
        { call, x in
          let rows = lines(x[0], call).map { row in
            (name.contains("Nan") ? row.filter { !$0.isNaN } : Array(row)).sorted {
              $0 < $1 || $1.isNaN && !$0.isNaN
            }
          }
          // Within a model, Keras interpolates a Quantile whatever its method.
          let method = name == "ops.Quantile" ? "linear" : call.options.text("method", "linear")
          let numbers = x[1].elements.flatMap { q in
            rows.map { quantile($0, q / scale, method) }
          }
          return [NumberArray([numbers.count], numbers)]
        })
    }
    return rules
  }()

  /// The shape without the axes of an option, all where it is absent.
  private static func reduced(
    _ call: ArrayCall, option: String = "axis", fallback: Int? = nil
  ) throws(LayerError) -> Shape {
    let shape = call.shapes[0]
    let asked = call.options.ints(option) ?? fallback.map { [$0] } ?? Array(0..<shape.rank)
    let axes = Set(asked.compactMap(shape.normalizedAxis))
    guard axes.count == asked.count else {
      throw LayerError("expected axes of shape \(shape), found \(asked)")
    }
    let keeps = call.options.bool("keepdims")
    return Shape(
      shape.dimensions.indices.compactMap { axis in
        axes.contains(axis) ? (keeps ? 1 : nil) : shape[axis]
      })
  }

  /// The numbers along the axes of an option, for every place on the others.
  private static func lines(
    _ x: NumberArray, _ call: ArrayCall, option: String = "axis", fallback: Int? = nil
  ) -> [ArraySlice<Double>] {
    let asked = call.options.ints(option) ?? fallback.map { [$0] } ?? Array(0..<x.shape.rank)
    let axes = asked.compactMap(x.shape.normalizedAxis)
    let order = (0..<x.shape.rank).filter { !axes.contains($0) } + axes
    let moved = x.transposed(order)
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    return moved.reshaped([moved.elements.count / max(count, 1), count]).rows
  }

  private static func mean(_ row: ArraySlice<Double>) -> Double {
    row.reduce(0, +) / Double(row.count)
  }

  /// Functions of the numbers of a row that are some.
  private static let pastNaN: [String: @Sendable (ArraySlice<Double>) -> Double] = [
    "ops.Nanargmax": { place(of: $0) { $0 > $1 } },
    "ops.Nanargmin": { place(of: $0) { $0 < $1 } },
    "ops.Nanmax": { known($0).max() ?? .nan },
    "ops.Nanmean": { mean(known($0)) },
    "ops.Nanmedian": { quantile(known($0).sorted(), 0.5, "linear") },
    "ops.Nanmin": { known($0).min() ?? .nan },
    "ops.Nanprod": { known($0).reduce(1, *) },
    "ops.Nanstd": { variance(known($0)).squareRoot() },
    "ops.Nansum": { known($0).reduce(0, +) },
    "ops.Nanvar": { variance(known($0)) },
  ]

  private static func known(_ row: ArraySlice<Double>) -> ArraySlice<Double> {
    row.filter { !$0.isNaN }[...]
  }

  private static func variance(_ row: ArraySlice<Double>) -> Double {
    let middle = mean(row)
    return mean(row.map { ($0 - middle) * ($0 - middle) }[...])
  }

  /// The place of the best number, -1 where there is none.
  private static func place(
    of row: ArraySlice<Double>, _ isBetter: (Double, Double) -> Bool
  ) -> Double {
    var best: (place: Int, number: Double)?
    for (place, number) in row.enumerated() where !number.isNaN {
      if best.map({ isBetter(number, $0.number) }) != false { best = (place, number) }
    }
    return Double(best?.place ?? -1)
  }

  /// The number below which the share `q` of sorted numbers lies; NaN where one of them is.
  private static func quantile(_ sorted: [Double], _ q: Double, _ method: String) -> Double {
    guard let last = sorted.last, !last.isNaN else { return .nan }
    let exact = Double(sorted.count - 1) * q
    func number(_ place: Double) -> Double {
      sorted[min(max(Int(index: place), 0), sorted.count - 1)]
    }
    switch method {
    case "lower": return number(exact.rounded(.down))
    case "higher": return number(exact.rounded(.up))
    case "nearest": return number(exact.rounded(.toNearestOrEven))
    case "midpoint": return (number(exact.rounded(.down)) + number(exact.rounded(.up))) / 2
    default:
      let lower = max(min(exact.rounded(.up), Double(sorted.count - 1)) - 1, 0)
      let upper = min(lower + 1, Double(sorted.count - 1))
      let fraction = Double(Float(upper - exact))
      return number(upper) * (1 - fraction) + number(lower) * fraction
    }
  }

  private static func closeness(
    _ call: ArrayCall, _ x: [NumberArray], _ relative: Double, _ absolute: Double
  ) -> NumberArray {
    guard let shape = broadcastShape(x[0].shape, x[1].shape) else { return NumberArray([], [0]) }
    let isWhole = !call.promoted(0, 1).isFloatingPoint
    let likesNaN = call.options.bool("equal_nan")
    let pairs = zip(x[0].broadcast(to: shape).elements, x[1].broadcast(to: shape).elements)
    return NumberArray(
      shape,
      pairs.map { a, b in
        if isWhole { return a == b ? 1 : 0 }
        if likesNaN, a.isNaN, b.isNaN { return 1 }
        return abs(a - b) <= absolute + relative * abs(b) ? 1 : 0
      })
  }

  private static let average: Compute = { call, x in
    let values = lines(x[0], call)
    guard x.count > 1 else { return [NumberArray([values.count], values.map { mean($0) })] }
    var weights = x[1]
    if weights.shape.rank != x[0].shape.rank, let axis = call.options["axis"]?.int,
      let place = x[0].shape.normalizedAxis(axis)
    {
      let sizes = x[0].shape.dimensions.indices.map { $0 == place ? weights.elements.count : 1 }
      weights = weights.reshaped(Shape(sizes))
    }
    let factors = lines(weights.broadcast(to: x[0].shape), call)
    let results = zip(values, factors).map { row, weights in
      zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    return [NumberArray([results.count], results)]
  }

  private static let trace: Compute = { call, x in
    guard let first = try? call.axis("axis1", 0), let second = try? call.axis("axis2", 1) else {
      return []
    }
    let moved = x[0].transposed(
      (0..<x[0].shape.rank).filter { $0 != first && $0 != second } + [first, second])
    let (rows, columns) = (moved.shape[-2], moved.shape[-1])
    let offset = call.options.int("offset", 0)
    let sums = moved.reshaped([moved.elements.count / max(rows * columns, 1), rows * columns]).rows
      .map { matrix in
        (0..<rows).reduce(0.0) { sum, row in
          (0..<columns).contains(row + offset)
            ? sum + matrix[matrix.startIndex + row * columns + row + offset] : sum
        }
      }
    return [NumberArray([sums.count], sums)]
  }

  private static let trapezoid: Compute = { call, x in
    let places = call.options["x"].flatMap { try? Operand($0).constantNumbers }
    let step = call.options.number("dx", 1)
    let areas = lines(x[0], call, fallback: -1).map { row in
      let row = Array(row)
      return row.indices.dropLast().reduce(0.0) { sum, index in
        let width = places.map { $0[index + 1] - $0[index] } ?? step
        return sum + (row[index] + row[index + 1]) / 2 * width
      }
    }
    return [NumberArray([areas.count], areas)]
  }
}

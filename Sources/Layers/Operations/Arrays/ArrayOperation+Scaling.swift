import ModelFormat
import Tensors

/// Arrays under other scales: of their places, or of their numbers.
extension ArrayOperation {
  static let scalings: [String: Rule] = [
    "ops.FakeQuantWithMinMaxVars": Rule(
      { call throws(LayerError) in
        try call.expect(3...3)
        let count = call.options["axis"] == nil ? 1 : call.shapes[0][try call.axis("axis", -1)]
        guard call.shapes[1...].allSatisfy({ $0.elementCount == count }) else {
          throw LayerError("expected \(count) least and largest numbers, found \(call.shapes)")
        }
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        let axis = call.options["axis"] == nil ? nil : try? call.axis("axis", -1)
        let stride = axis.map { x[0].shape.strides[$0] } ?? max(x[0].elements.count, 1)
        let count = axis.map { x[0].shape[$0] } ?? 1
        let grids = (0..<count).map { place in
          QuantizationGrid(
            Float(x[1].elements[place]), Float(x[2].elements[place]),
            bits: call.options.int("num_bits", 8), isNarrow: call.options.bool("narrow_range"))
        }
        var result = x[0]
        for (index, number) in x[0].elements.enumerated() {
          result.elements[index] = Double(grids[index / stride % count].nearest(Float(number)))
        }
        return [result]
      }),
    "ops.ScaleAndTranslate": Rule(
      { call throws(LayerError) in
        try call.expect(4...4)
        let shape = call.shapes[0]
        let sizes = (call.operands[1].constantNumbers ?? []).map { Int(index: $0) }
        let axes = scaledAxes(call)
        guard sizes.count == shape.rank, !axes.contains(nil),
          call.operands[0].type.elementType.isFloatingPoint,
          call.shapes[2...].allSatisfy({ $0.elementCount == axes.count }),
          sizes.allSatisfy({ (0...(1 << 24)).contains($0) })
        else { throw LayerError("expected sizes, and a scale for each axis, found \(call.shapes)") }
        let output = shape.dimensions.indices.map { axes.contains($0) ? sizes[$0] : shape[$0] }
        guard Shape(output).elementCount(atMost: 1 << 31) != nil else {
          throw LayerError("expected a smaller shape than \(Shape(output))")
        }
        return [TensorType(Shape(output))]
      },
      { call, x in
        let sizes = x[1].elements.map { Int(index: $0) }
        var result = x[0]
        for (index, axis) in scaledAxes(call).enumerated() {
          guard let axis else { continue }
          let rows = scalingRows(
            from: x[0].shape[axis], to: sizes[axis], scale: Float(x[2].elements[index]),
            offset: Float(x[3].elements[index]), call)
          result = result.withLast(axis).mapRows { row in
            rows.map { weights in zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 } }
          }.withLastMoved(to: axis)
        }
        return [result]
      }),
    "ops.SSIM": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        let size = call.options.int("filter_size", 11)
        guard a == b, [3, 4].contains(a.rank), size > 0,
          a.dimensions.suffix(3).indices.allSatisfy({
            $0 == channelAxis(call, a) || a[$0] >= size
          })
        else { throw LayerError("expected pictures of \(size) pixels or more, found \(a), \(b)") }
        return [TensorType(Shape(Array(a.dimensions.dropLast(3))))]
      }, { call, x in [similarity(call, x[0], x[1])] }),
  ]

  private static func scaledAxes(_ call: ArrayCall) -> [Int?] {
    (call.options.ints("spatial_dims") ?? []).map(call.shapes[0].normalizedAxis)
  }

  /// The share of every place that a scaled axis takes from each place before.
  private static func scalingRows(
    from size: Int, to count: Int, scale: Float, offset: Float, _ call: ArrayCall
  ) -> [[Double]] {
    let kernel = scalingKernel(call.options.text("method", "linear"))
    let inverse = 1 / scale
    let width = call.options.bool("antialias", true) ? max(inverse, 1) : 1
    return (0..<count).map { place in
      let center = (Float(place) + 0.5) * inverse - offset * inverse - 0.5
      guard center >= -0.5, center <= Float(size) - 0.5 else {
        return [Double](repeating: 0, count: size)
      }
      let weights = (0..<size).map { kernel(Double(abs(center - Float($0)) / width)) }
      let sum = weights.reduce(0, +)
      return weights.map { abs(sum) > 1000 * Double(Float.ulpOfOne) ? $0 / sum : 0 }
    }
  }

  private static func scalingKernel(_ method: String) -> @Sendable (Double) -> Double {
    switch method {
    case "cubic", "bicubic", "tricubic":
      { x in
        if x >= 2 { return 0 }
        if x >= 1 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
        return ((1.5 * x - 2.5) * x) * x + 1
      }
    case "lanczos3", "lanczos5":
      { x in
        let radius = method == "lanczos3" ? 3.0 : 5.0
        if x > radius { return 0 }
        if x <= 1e-3 { return 1 }
        return radius * Scalar.sine(.pi * x) * Scalar.sine(.pi * x / radius) / (.pi * .pi * x * x)
      }
    default: { x in max(0, 1 - x) }
    }
  }

  /// How alike pictures are, by the means and the variances of all windows under a bell curve.
  private static func similarity(
    _ call: ArrayCall, _ a: NumberArray, _ b: NumberArray
  ) -> NumberArray {
    let size = call.options.int("filter_size", 11)
    let sigma = call.options.number("filter_sigma", 1.5)
    var bell = (0..<size).map { place in
      let distance = Double(place) - Double(size - 1) / 2
      return Scalar.exponential(-distance * distance / (2 * sigma * sigma))
    }
    let sum = bell.reduce(0, +)
    bell = bell.map { $0 / sum }
    let axis = channelAxis(call, a.shape)
    let spatial = (a.shape.rank - 3..<a.shape.rank).filter { $0 != axis }
    func blurred(_ x: NumberArray) -> NumberArray {
      spatial.reduce(x) { x, axis in
        x.withLast(axis).mapRows { row in
          (0...(row.count - size)).map { start in
            zip(bell, row[(row.startIndex + start)...]).reduce(0) { $0 + $1.0 * $1.1 }
          }
        }.withLastMoved(to: axis)
      }
    }
    func product(_ x: NumberArray, _ y: NumberArray) -> NumberArray {
      NumberArray(x.shape, zip(x.elements, y.elements).map { $0 * $1 })
    }
    let largest = call.options.number("max_val", 1)
    let (k1, k2) = (call.options.number("k1", 0.01), call.options.number("k2", 0.03))
    let (c1, c2) = (k1 * largest * k1 * largest, k2 * largest * k2 * largest)
    let (mean1, mean2) = (blurred(a), blurred(b))
    let (square1, square2) = (blurred(product(a, a)), blurred(product(b, b)))
    let mixed = blurred(product(a, b))
    let map = mean1.elements.indices.map { index in
      let (m1, m2) = (mean1.elements[index], mean2.elements[index])
      let (v1, v2) = (square1.elements[index] - m1 * m1, square2.elements[index] - m2 * m2)
      return (2 * m1 * m2 + c1) * (2 * (mixed.elements[index] - m1 * m2) + c2)
        / ((m1 * m1 + m2 * m2 + c1) * (v1 + v2 + c2))
    }
    let count = mean1.shape.dimensions.suffix(3).reduce(1, *)
    return NumberArray([map.count / max(count, 1), count], map).reduceRows {
      $0.reduce(0, +) / Double(count)
    }.reshaped(Shape(Array(a.shape.dimensions.dropLast(3))))
  }
}

/// The numbers that a few bits stand for between a least and a largest one, moved so that zero is
/// among them.
///
/// TensorFlow: `FakeQuantWithMinMaxVars`.
private struct QuantizationGrid {
  private let low: Float
  private let high: Float
  private let scale: Float
  private let isEmpty: Bool

  init(_ least: Float, _ largest: Float, bits: Int, isNarrow: Bool) {
    let first: Float = isNarrow ? 1 : 0
    let last = Float(1 << min(max(bits, 1), 30)) - 1
    isEmpty = least == 0 && largest == 0
    scale = (largest - least) / (last - first)
    let zero = first - least / scale
    let nudged = zero < first ? first : zero > last ? last : zero.rounded()
    low = (first - nudged) * scale
    high = (last - nudged) * scale
  }

  func nearest(_ number: Float) -> Float {
    if isEmpty { return 0 }
    let inverse = 1 / scale
    let zero = (-low * inverse + 0.5).rounded(.down)
    let shifted = min(max(number, low), high) - low
    return (shifted * inverse - zero + 0.5).rounded(.down) * scale
  }
}

import ModelFormat
import Tensors

/// Functions of TensorFlow that Keras has no operation for: adjusted pictures, and a few others.
extension ArrayOperation {
  static let adjustments: [String: Rule] = [
    "ops.AdjustBrightness": pictureRule { call, picture in
      let delta = call.options.number("delta", 0)
      return picture.map { Double(Float($0) + Float(delta)) }
    },
    "ops.AdjustContrast": pictureRule { call, picture in
      let factor = call.options.number("contrast_factor", 1)
      let channels = picture.shape[-1]
      let pixels = Double(picture.elements.count / max(channels, 1))
      var means = [Double](repeating: 0, count: channels)
      for (index, value) in picture.elements.enumerated() {
        means[index % channels] += value / pixels
      }
      var result = picture
      for index in result.elements.indices {
        let mean = means[index % channels]
        result.elements[index] = (picture.elements[index] - mean) * factor + mean
      }
      return result
    },
    "ops.AdjustGamma": pictureRule { call, picture in
      let (gamma, gain) = (call.options.number("gamma", 1), call.options.number("gain", 1))
      return picture.map { gain * Scalar.power($0, gamma) }
    },
    "ops.AdjustHue": pictureRule { call, picture in
      let delta = call.options.number("delta", 0)
      return recoloured(picture) { hue, saturation, value in
        let turned = hue + delta
        return (turned - turned.rounded(.down), saturation, value)
      }
    },
    "ops.AdjustSaturation": pictureRule { call, picture in
      let factor = call.options.number("saturation_factor", 1)
      return recoloured(picture) { hue, saturation, value in
        (hue, min(max(saturation * factor, 0), 1), value)
      }
    },
    "ops.ClipByNorm": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        let limit = call.options.number("clip_norm", 1)
        let shape = x[0].shape
        let asked = call.options.ints("axes") ?? Array(0..<shape.rank)
        let axes = asked.compactMap(shape.normalizedAxis)
        let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
        let count = axes.reduce(1) { $0 * shape[$1] }
        let moved = x[0].transposed(order)
        let scaled = moved.reshaped([moved.elements.count / max(count, 1), count]).mapRows { row in
          let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
          return row.map { $0 * limit / max(norm, limit) }
        }
        var back = order
        for (place, axis) in order.enumerated() { back[axis] = place }
        return [scaled.reshaped(moved.shape).transposed(back)]
      }),
    "ops.ConvertImageDtype": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let known: [ElementType] = [.float32, .uint8, .uint16, .int8, .int16]
        guard let type = try asked(call), known.contains(type),
          known.contains(call.operands[0].type.elementType)
        else { throw LayerError("expected pictures of numbers of at most 16 bits, or fractions") }
        return [TensorType(call.shapes[0], type)]
      },
      { call, x in
        guard let type = try? asked(call) ?? .float32 else { return [] }
        let source = call.operands[0].type.elementType
        if type == source { return x }
        guard let most = source.integerRange?.upperBound else {
          return [whole(x[0], type, saturates: call.options.bool("saturate"))]
        }
        guard let top = type.integerRange?.upperBound else { return [fractions(x[0], source)] }
        // A power of two more or less.
        let share = Double((most + 1) / (top + 1))
        return [x[0].map { share > 1 ? ($0 / share).rounded(.down) : $0 / share }]
      }),
    "ops.CropAndResize": Rule(
      { call throws(LayerError) in
        try call.expect(3...3)
        let size = call.options.ints("crop_size") ?? []
        guard call.shapes[0].rank == 4, call.shapes[1].rank == 2, call.shapes[1][1] == 4,
          call.shapes[2] == Shape([call.shapes[1][0]]), size.count == 2,
          size.allSatisfy({ (1...(1 << 20)).contains($0) })
        else { throw LayerError("expected pictures, boxes and a picture for each box") }
        return [TensorType([call.shapes[1][0], size[0], size[1], call.shapes[0][3]])]
      }, cropped),
    "ops.L2Loss": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType([])]
      }, { _, x in [NumberArray([], [x[0].elements.reduce(0) { $0 + $1 * $1 } / 2])] }),
    "ops.LocalResponseNormalization": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        guard call.shapes[0].rank == 4 else {
          throw LayerError("expected pictures, found shape \(call.shapes[0])")
        }
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        let radius = call.options.int("depth_radius", 5)
        let (bias, alpha) = (call.options.number("bias", 1), call.options.number("alpha", 1))
        let beta = call.options.number("beta", 0.5)
        return [
          x[0].mapRows { row in
            let row = Array(row)
            return row.indices.map { place in
              let near = max(place - radius, 0)...min(place + radius, row.count - 1)
              let sum = near.reduce(0) { $0 + row[$1] * row[$1] }
              return row[place] / Scalar.power(bias + alpha * sum, beta)
            }
          }
        ]
      }),
    "ops.PerImageStandardization": pictureRule(keepsType: false) { _, picture in
      let count = Double(picture.elements.count)
      let mean = picture.elements.reduce(0, +) / count
      let variance = picture.elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let deviation = max(variance.squareRoot(), 1 / count.squareRoot())
      return picture.map { ($0 - mean) / deviation }
    },
    "ops.PicturePSNR": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a == b, a.rank >= 3 else { throw LayerError("expected pictures, found \(a), \(b)") }
        return [TensorType(Shape(Array(a.dimensions.dropLast(3))))]
      },
      { call, x in
        let source = call.operands[0].type.elementType
        let most = source.integerRange?.upperBound
        let shares = x.map { most == nil ? $0 : fractions($0, source) }
        let top = call.options.number("max_val", 1) / Double(most ?? 1)
        let size = x[0].shape.dimensions.suffix(3).reduce(1, *)
        let lead = Shape(Array(x[0].shape.dimensions.dropLast(3)))
        let rows = shares.map { $0.reshaped([lead.elementCount, size]).rows }
        let values = zip(rows[0], rows[1]).map { a, b in
          let error = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(size)
          return 20 * Scalar.logarithm10(top) - 10 * Scalar.logarithm10(error)
        }
        return [NumberArray(lead, values)]
      }),
    "ops.ReverseSequence": Rule(
      { call throws(LayerError) in
        let (x, lengths) = try pair(call)
        let batch = try call.axis("batch_axis", 0)
        guard lengths == [x[batch]], try call.axis("seq_axis", 1) != batch else {
          throw LayerError("expected a length for each item, found \(call.shapes)")
        }
        return [TensorType(x, call.operands[0].type.elementType)]
      },
      { call, x in
        guard let axis = try? call.axis("seq_axis", 1), let batch = try? call.axis("batch_axis", 0)
        else { return [] }
        let (shape, strides) = (x[0].shape, x[0].shape.strides)
        var result = x[0]
        for index in x[0].elements.indices {
          let place = index / strides[axis] % shape[axis]
          let length = Int(index: x[1].elements[index / strides[batch] % shape[batch]])
          guard place < length, length <= shape[axis] else { continue }
          result.elements[index] = x[0].elements[index + (length - 1 - 2 * place) * strides[axis]]
        }
        return [result]
      }),
  ]

  /// A function of every picture by itself; whole numbers are shares of the largest to it.
  private static func pictureRule(
    keepsType: Bool = true,
    _ function: @escaping @Sendable (ArrayCall, NumberArray) -> NumberArray
  ) -> Rule {
    Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let type = call.operands[0].type.elementType
        guard call.shapes[0].rank >= 3, type.isFloatingPoint || type.isNarrow else {
          throw LayerError("expected pictures, found \(call.operands[0].type)")
        }
        return [TensorType(call.shapes[0], keepsType && type.isNarrow ? type : .float32)]
      },
      { call, x in
        let type = call.operands[0].type.elementType
        let isShare = keepsType && type.isNarrow
        let numbers = isShare ? fractions(x[0], type) : x[0]
        let size = numbers.shape.dimensions.suffix(3)
        let count = size.reduce(1, *)
        let pictures = numbers.reshaped([numbers.elements.count / max(count, 1), count]).rows
        let results = pictures.flatMap {
          function(call, NumberArray(Shape(Array(size)), Array($0))).elements
        }
        let made = NumberArray(numbers.shape, results)
        return [isShare ? whole(made, type, saturates: true) : made]
      })
  }

  /// Whole numbers as shares of the largest of their type.
  static func fractions(_ x: NumberArray, _ type: ElementType) -> NumberArray {
    let most = type.integerRange?.upperBound ?? 1
    return x.map { Double(Float($0) * (1 / most)) }
  }

  /// Shares as whole numbers of a type.
  static func whole(_ x: NumberArray, _ type: ElementType, saturates: Bool) -> NumberArray {
    guard let range = type.integerRange else { return x }
    return x.map {
      let number = (Float($0) * (range.upperBound + 0.5)).rounded(.towardZero)
      return Double(saturates ? min(max(number, range.lowerBound), range.upperBound) : number)
    }
  }

  /// A picture whose colours a function changes by hue, saturation and value.
  private static func recoloured(
    _ picture: NumberArray, _ function: (Double, Double, Double) -> (Double, Double, Double)
  ) -> NumberArray {
    guard picture.shape[-1] == 3 else { return picture }
    return picture.mapRows { pixel in
      let hsv = Colour.hsv(Array(pixel))
      let (hue, saturation, value) = function(hsv[0], hsv[1], hsv[2])
      return Colour.rgb([hue, saturation, value])
    }
  }

  /// Parts of pictures in one size, by two straight lines; zero beyond them.
  ///
  /// TensorFlow: `CropAndResize`.
  private static let cropped: Compute = { call, x in
    let size = call.options.ints("crop_size") ?? [1, 1]
    let isNearest = call.options.text("method", "bilinear") == "nearest"
    let fill = call.options.number("extrapolation_value", 0)
    let (height, width, channels) = (x[0].shape[1], x[0].shape[2], x[0].shape[3])
    /// The place of each row or column of a box, nil beyond the picture.
    func places(_ low: Double, _ high: Double, _ count: Int, _ length: Int) -> [Float?] {
      let (low, high, last) = (Float(low), Float(high), Float(length - 1))
      return (0..<count).map { index in
        let step = count > 1 ? (high - low) * last / Float(count - 1) : 0
        let place = count > 1 ? low * last + Float(index) * step : 0.5 * (low + high) * last
        return (0...last).contains(place) ? place : nil
      }
    }
    var elements: [Double] = []
    for (box, item) in zip(x[1].rows, x[2].elements) {
      let box = Array(box)
      guard item >= 0, item < Double(x[0].shape[0]) else {
        call.fail("expected a picture of \(x[0].shape[0]), found \(item)")
        return []
      }
      let columns = places(box[1], box[3], size[1], width)
      for row in places(box[0], box[2], size[0], height) {
        for column in columns {
          guard let row, let column else {
            elements += [Double](repeating: fill, count: channels)
            continue
          }
          func value(_ i: Int, _ j: Int, _ channel: Int) -> Double {
            x[0].elements[((Int(item) * height + i) * width + j) * channels + channel]
          }
          let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
          let (bottom, right) = (Int(row.rounded(.up)), Int(column.rounded(.up)))
          for channel in 0..<channels {
            if isNearest {
              elements.append(value(Int(row.rounded()), Int(column.rounded()), channel))
              continue
            }
            let across = Double(column - column.rounded(.down))
            let down = Double(row - row.rounded(.down))
            let above =
              value(top, left, channel)
              + (value(top, right, channel) - value(top, left, channel)) * across
            let below =
              value(bottom, left, channel)
              + (value(bottom, right, channel) - value(bottom, left, channel)) * across
            elements.append(above + (below - above) * down)
          }
        }
      }
    }
    return [NumberArray([elements.count], elements)]
  }
}

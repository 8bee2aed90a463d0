import ModelFormat
import Tensors

/// Colours of pictures, and pictures under a filter.
extension ArrayOperation {
  static let pictures: [String: Rule] = [
    "ops.GaussianBlur": Rule(
      pictureTypes { shape, _ in shape },
      { call, x in
        let sizes = ElementMap.vector(call.options, "kernel_size", 2, 3)
        let sigmas = (call.options["sigma"]?.array ?? []).compactMap(\.double)
        func line(_ axis: Int) -> [Double] {
          let sigma = axis < sigmas.count ? sigmas[axis] : 1
          let values = (0..<sizes[axis]).map { place in
            let distance = (Double(place) - Double(sizes[axis] - 1) / 2) / sigma
            return Scalar.exponential(-0.5 * distance * distance)
          }
          let sum = values.reduce(0, +)
          return values.map { $0 / sum }
        }
        // Keras multiplies columns by rows and reads the products as rows by columns.
        let kernel = line(1).flatMap { y in line(0).map { y * $0 } }
        return [
          withChannelsLast(x[0], call) { picture in
            filtered(picture, kernel, (sizes[0], sizes[1])) { place, size in
              (0..<size).contains(place) ? place : nil
            }
          }
        ]
      }),
    "ops.HSVToRGB": Rule(
      pictureTypes { shape, _ in shape },
      colours { Colour.rgb($0) }),
    "ops.RGBToGrayscale": Rule(
      { call throws(LayerError) in
        let types = try pictureTypes { shape, channels in
          var shape = shape
          shape[channels] = 1
          return shape
        }(call)
        let type = call.operands[0].type.elementType
        return [TensorType(types[0].shape, type.isNarrow ? type : .float32)]
      },
      { call, x in
        if x[0].shape[channelAxis(call, x[0].shape)] == 1 { return x }
        let type = call.operands[0].type.elementType
        // TensorFlow's own function counts whole numbers as shares of the largest.
        let isShare = type.isNarrow && call.options.bool("scales_type")
        let grey = colours { [0.2989 * $0[0] + 0.587 * $0[1] + 0.114 * $0[2]] }(
          call, isShare ? [fractions(x[0], type)] : x)
        return isShare ? grey.map { whole($0, type, saturates: false) } : grey
      }),
    "ops.RGBToHSV": Rule(
      pictureTypes { shape, _ in shape },
      colours { Colour.hsv($0) }),
    "ops.SobelEdges": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        guard call.shapes[0].rank == 4 else {
          throw LayerError("expected pictures, found shape \(call.shapes[0])")
        }
        return [TensorType(Shape(call.shapes[0].dimensions + [2]))]
      },
      { call, x in
        let down: [Double] = [-1, -2, -1, 0, 0, 0, 1, 2, 1]
        let across: [Double] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
        let edges = [down, across].map { kernel in
          withChannelsLast(x[0], call) { picture in
            filtered(picture, kernel, (3, 3)) { place, size in
              place < 0 ? -place : place < size ? place : 2 * (size - 1) - place
            }
          }
        }
        let elements = zip(edges[0].elements, edges[1].elements).flatMap { [$0, $1] }
        return [NumberArray(Shape(x[0].shape.dimensions + [2]), elements)]
      }),
  ]

  /// The axis of the channels of pictures.
  static func channelAxis(_ call: ArrayCall, _ shape: Shape) -> Int {
    call.options.text("data_format", "channels_last") == "channels_first"
      ? max(shape.rank - 3, 0) : shape.rank - 1
  }

  /// The type of a result of pictures: of their shape and the axis of their channels.
  private static func pictureTypes(
    _ shape: @escaping @Sendable (Shape, Int) -> Shape
  ) -> Types {
    { call throws(LayerError) in
      try call.expect(1...1)
      guard [3, 4].contains(call.shapes[0].rank) else {
        throw LayerError("expected pictures, found shape \(call.shapes[0])")
      }
      return [TensorType(shape(call.shapes[0], channelAxis(call, call.shapes[0])))]
    }
  }

  /// A function of the colour of every pixel, which has three numbers.
  private static func colours(
    _ function: @escaping @Sendable ([Double]) -> [Double]
  ) -> Compute {
    { call, x in
      let axis = channelAxis(call, x[0].shape)
      guard x[0].shape[axis] == 3 else {
        call.fail("expected colours of 3 numbers, found shape \(x[0].shape)")
        return []
      }
      return [x[0].withLast(axis).mapRows { function(Array($0)) }.withLastMoved(to: axis)]
    }
  }

  /// What a function makes of pictures (B, H, W, C), with the axes as the call has them.
  static func withChannelsLast(
    _ x: NumberArray, _ call: ArrayCall, _ function: (NumberArray) -> NumberArray
  ) -> NumberArray {
    let axis = channelAxis(call, x.shape)
    let last = x.withLast(axis)
    let batch = last.shape.rank == 3 ? last.reshaped(Shape([1] + last.shape.dimensions)) : last
    let result = function(batch)
    let shape =
      last.shape.rank == 3 ? Shape(Array(result.shape.dimensions.dropFirst())) : result.shape
    return result.reshaped(shape).withLastMoved(to: axis)
  }

  /// Every channel under one kernel, whose place beyond the picture `source` finds in it.
  private static func filtered(
    _ x: NumberArray, _ kernel: [Double], _ size: (rows: Int, columns: Int),
    _ source: (Int, Int) -> Int?
  ) -> NumberArray {
    let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
    var result = NumberArray(x.shape, repeating: 0)
    for item in 0..<x.shape[0] {
      for row in 0..<height {
        for column in 0..<width {
          let target = ((item * height + row) * width + column) * channels
          for tap in 0..<(size.rows * size.columns) {
            let (down, across) = tap.quotientAndRemainder(dividingBy: size.columns)
            guard let y = source(row + down - (size.rows - 1) / 2, height),
              let x0 = source(column + across - (size.columns - 1) / 2, width)
            else { continue }
            let from = ((item * height + y) * width + x0) * channels
            for channel in 0..<channels {
              result.elements[target + channel] += kernel[tap] * x.elements[from + channel]
            }
          }
        }
      }
    }
    return result
  }
}

import ModelFormat
import Tensors

/// Pictures whose pixels come from other places of them.
extension ArrayOperation {
  static let warpings: [String: Rule] = [
    "ops.AffineTransform": Rule(
      { call throws(LayerError) in
        let (images, transforms) = try pair(call)
        try checkTransforms(images, transforms, size: [8])
        return [TensorType(images)]
      }, { call, x in [warped(x[0], x[1].elements, call)] }),
    "ops.MapCoordinates": Rule(
      { call throws(LayerError) in
        let (x, coordinates) = try pair(call)
        guard coordinates.rank >= 2, coordinates[0] == x.rank,
          [0, 1].contains(call.options.int("order", 0))
        else { throw LayerError("expected a coordinate for each axis, found \(call.shapes)") }
        return [
          TensorType(
            Shape(Array(coordinates.dimensions.dropFirst())), call.operands[0].type.elementType)
        ]
      }, mapped),
    "ops.PerspectiveTransform": Rule(
      { call throws(LayerError) in
        try call.expect(3...3)
        guard call.shapes[1] == call.shapes[2] else {
          throw LayerError("expected as many corners before and after, found \(call.shapes)")
        }
        try checkTransforms(call.shapes[0], call.shapes[1], size: [4, 2])
        return [TensorType(call.shapes[0])]
      },
      { call, x in
        let count = x[1].elements.count / 8
        let transforms = (0..<count).flatMap { item in
          let range = (item * 8)..<((item + 1) * 8)
          return homography(from: x[1].elements[range], to: x[2].elements[range])
        }
        return [warped(x[0], transforms, call)]
      }),
  ]

  private static func checkTransforms(
    _ images: Shape, _ transforms: Shape, size: [Int]
  ) throws(LayerError) {
    let count = transforms.rank > size.count ? transforms[0] : 1
    guard [3, 4].contains(images.rank), transforms.dimensions.suffix(size.count) == size[...],
      transforms.rank <= size.count + 1, count == 1 || images.rank == 4 && count == images[0]
    else { throw LayerError("expected pictures and a transform for each, found \(transforms)") }
  }

  /// The eight numbers of the projection that takes the corners `end` back to `start`.
  private static func homography(
    from start: ArraySlice<Double>, to end: ArraySlice<Double>
  ) -> [Double] {
    let (start, end) = (Array(start), Array(end))
    var elements: [Double] = []
    for corner in 0..<4 {
      let (x, y) = (end[2 * corner], end[2 * corner + 1])
      let (u, v) = (start[2 * corner], start[2 * corner + 1])
      elements += [x, y, 1, 0, 0, 0, -u * x, -u * y]
      elements += [0, 0, 0, x, y, 1, -v * x, -v * y]
    }
    return Matrix(8, 8, elements).solution(Matrix(8, 1, start)).elements
  }

  /// The pictures under a projection each, or under one for all.
  ///
  /// TensorFlow: `ImageProjectiveTransformV3`, in single precision.
  private static func warped(
    _ x: NumberArray, _ transforms: [Double], _ call: ArrayCall
  ) -> NumberArray {
    let isNearest = call.options.text("interpolation", "bilinear") == "nearest"
    let mode = call.options.text("fill_mode", "constant")
    let fill = Float(call.options.number("fill_value", 0))
    return withChannelsLast(x, call) { picture in
      let (height, width, channels) = (picture.shape[1], picture.shape[2], picture.shape[3])
      var result = NumberArray(picture.shape, repeating: 0)
      for item in 0..<picture.shape[0] {
        let first = transforms.count > 8 ? item * 8 : 0
        let t = transforms[first..<(first + 8)].map { Float($0) }
        func read(_ row: Int, _ column: Int, _ channel: Int) -> Float {
          guard (0..<height).contains(row), (0..<width).contains(column) else { return fill }
          return Float(
            picture.elements[((item * height + row) * width + column) * channels + channel])
        }
        for row in 0..<height {
          for column in 0..<width {
            let target = ((item * height + row) * width + column) * channels
            let projection = t[6] * Float(column) + t[7] * Float(row) + 1
            guard projection != 0 else {
              for channel in 0..<channels { result.elements[target + channel] = Double(fill) }
              continue
            }
            let across = (t[0] * Float(column) + t[1] * Float(row) + t[2]) / projection
            let down = (t[3] * Float(column) + t[4] * Float(row) + t[5]) / projection
            let (u, v) = (inside(across, width, mode), inside(down, height, mode))
            for channel in 0..<channels {
              let value: Float
              if isNearest {
                value = read(place(v.rounded()), place(u.rounded()), channel)
              } else {
                let (top, left) = (v.rounded(.down), u.rounded(.down))
                let (i, j) = (place(top), place(left))
                let above =
                  (left + 1 - u) * read(i, j, channel) + (u - left) * read(i, j + 1, channel)
                let below =
                  (left + 1 - u) * read(i + 1, j, channel)
                  + (u - left) * read(i + 1, j + 1, channel)
                value = (top + 1 - v) * above + (v - top) * below
              }
              result.elements[target + channel] = Double(value)
            }
          }
        }
      }
      return result
    }
  }

  /// A coordinate as an index; what is far outside stays outside.
  private static func place(_ coordinate: Float) -> Int {
    Int(min(max(coordinate.isNaN ? -2 : coordinate, -1e9), 1e9))
  }

  /// Where a coordinate beyond a picture is looked for in it.
  private static func inside(_ coordinate: Float, _ size: Int, _ mode: String) -> Float {
    let (length, last) = (Float(size), Float(size - 1))
    var place = coordinate
    switch mode {
    case "constant": return place
    case "reflect" where size > 1:
      if place < 0 {
        if place < 2 * length { place += 2 * length * (-place / (2 * length)).rounded(.towardZero) }
        place = place < -length ? place + 2 * length : -place - 1
      } else if place > last {
        place -= 2 * length * (place / (2 * length)).rounded(.towardZero)
        if place >= length { place = 2 * length - place - 1 }
      }
    case "wrap" where size > 1:
      if place < 0 {
        place += length * ((-place / last).rounded(.towardZero) + 1)
      } else if place > last {
        place -= length * (place / last).rounded(.towardZero)
      }
    case "reflect", "wrap": place = 0
    default: break
    }
    return min(max(place, 0), last)
  }

  /// Values at coordinates, one row of them for each axis.
  private static let mapped: Compute = { call, x in
    let shape = x[0].shape
    let count = x[1].elements.count / max(shape.rank, 1)
    let isNearest = call.options.int("order", 0) == 0
    let mode = call.options.text("fill_mode", "constant")
    let fill = call.options.number("fill_value", 0)
    let strides = shape.strides
    var result = NumberArray(Shape(Array(x[1].shape.dimensions.dropFirst())), repeating: 0)
    for point in 0..<count {
      // The corners around the point: their places, whether they are inside, and their weights.
      var corners = [(place: 0, isInside: true, weight: 1.0)]
      for axis in 0..<shape.rank {
        let coordinate = Double(Float(x[1].elements[axis * count + point]))
        let lower = coordinate.rounded(.down)
        let nodes =
          isNearest
          ? [(coordinate.rounded(.toNearestOrEven), 1.0)]
          : [(lower, 1 - (coordinate - lower)), (lower + 1, coordinate - lower)]
        corners = corners.flatMap { corner in
          nodes.map { node, weight in
            let (index, isInside) = safe(node, shape[axis], mode)
            return (
              corner.place + index * strides[axis], corner.isInside && isInside,
              corner.weight * weight
            )
          }
        }
      }
      result.elements[point] = corners.reduce(0) { sum, corner in
        sum + corner.weight * (corner.isInside ? x[0].elements[corner.place] : fill)
      }
    }
    if !call.operands[0].type.elementType.isFloatingPoint {
      result = result.map { $0.rounded(.toNearestOrEven) }
    }
    return [result]
  }

  /// An index within an axis for one that may lie beyond it, and whether it lies inside.
  private static func safe(_ index: Double, _ size: Int, _ mode: String) -> (Int, Bool) {
    guard index.magnitude < 1e15 else { return (0, false) }
    let last = Double(size - 1)
    let clipped = Int(min(max(index, 0), last))
    switch mode {
    case "mirror", "reflect":
      let around = abs(index).truncatingRemainder(dividingBy: 2 * Double(size))
      if around < Double(size) { return (Int(around), true) }
      let back = 2 * Double(size) - around - (mode == "reflect" ? 1 : 0)
      return (Int(min(max(back, 0), last)), true)
    case "wrap":
      let rest = index.truncatingRemainder(dividingBy: Double(size))
      return (Int(rest < 0 ? rest + Double(size) : rest), true)
    case "constant": return (clipped, index >= 0 && index < Double(size))
    default: return (clipped, true)
    }
  }
}

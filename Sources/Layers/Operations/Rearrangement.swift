import ModelFormat
import Tensors

/// Elements repeated, mirrored, moved round, cut or padded along axes: `Flip`, `Roll`, `Tile`,
/// `Repeat`, `BroadcastTo`, `Pad`, `CropImages` and `PadImages` of `keras.ops`, and TensorFlow's
/// `central_crop` and `resize_with_crop_or_pad`.
///
/// Keras: <https://keras.io/api/ops/numpy/>
struct Rearrangement: Layer {
  static let classNames: [String] = rules.keys.sorted()
  static let elementTypes = ElementType.allCases
  static let arguments = LayerCall.operandPlaces.union(["constant_values", "repeats", "shape"])
  static let keywords = SizeExpression.keywords

  private typealias Rule = @Sendable (Options, Shape, LayerCall) throws(LayerError) -> AxisMaps

  /// The options that some of these operations have.
  private struct Options: Sendable {
    var axes: [Int]?
    var numbers: [Int] = []
    var pairs: [[Int]] = []
    var mode = "constant"
    /// What is cut or padded of pictures: from above, the left, below and the right.
    var margins: [Int?] = []
    var target: [Int?] = []
    var isChannelsFirst = false
    var fraction = 1.0

    /// The axes of a shape, all of them where none is named.
    func axes(of shape: Shape) throws(LayerError) -> [Int] {
      guard let axes else { return Array(shape.dimensions.indices) }
      let found = axes.compactMap(shape.normalizedAxis)
      guard found.count == axes.count else {
        throw LayerError("expected axes of shape \(shape), found \(axes)")
      }
      return found
    }
  }

  private let rule: Rule
  private let options: Options
  private let flattens: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    rule = Self.rules[reader.className] ?? Self.flip
    var options = Options()
    if reader.value("axis") != nil { options.axes = reader.intList("axis", default: []) }
    for option in ["shift", "repeats", "shape"] where reader.value(option) != nil {
      let range = -LayerReader.largestSize...LayerReader.largestSize
      options.numbers = reader.intList(option, default: [], in: range)
    }
    if let pairs = reader.value("pad_width")?.array {
      options.pairs = pairs.map { $0.array?.compactMap(\.int) ?? [] }
      if options.pairs.contains(where: { $0.count != 2 || $0.contains { $0 < 0 } }) {
        reader.reject("pad_width", "expected pairs of whole numbers, found \(pairs)")
      }
      options.mode = reader.value("mode")?.string ?? "constant"
    }
    if ["ops.CropImages", "ops.PadImages"].contains(reader.className) {
      let kind = reader.className == "ops.CropImages" ? "cropping" : "padding"
      options.margins = ["top", "left", "bottom", "right"].map { side in
        reader.value("\(side)_\(kind)")?.int
      }
      options.target = [reader.value("target_height")?.int, reader.value("target_width")?.int]
      options.isChannelsFirst = reader.value("data_format") == .string("channels_first")
    }
    if reader.className == "ops.CropOrPad" {
      options.target = [reader.int("target_height"), reader.int("target_width")]
    }
    if reader.className == "ops.CentralCrop" {
      options.fraction = reader.number("central_fraction")
    }
    self.options = options
    flattens =
      ["ops.Repeat", "ops.Roll"].contains(reader.className)
      && options.axes == nil
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let (maps, type) = (try maps(for: call), call.inputs[0].elementType)
    if type == .string, maps.axes.contains(where: { $0.contains(-1) }) {
      throw LayerError("expected numbers, which padding fills up with others, found strings")
    }
    return [TensorType(maps.output, type)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    let maps = try maps(for: call)
    let shape = flattens ? Shape([type.shape.elementCount]) : aligned(type.shape, maps)
    let fill = call.arguments["constant_values"]?.double ?? 0
    var bits = UInt64(Float(fill).bitPattern)
    if !type.elementType.isFloatingPoint {
      guard let whole = Int64(exactly: fill.rounded(.towardZero)) else {
        throw LayerError("expected a whole number of 64 bits to pad with, found \(fill)")
      }
      bits = UInt64(bitPattern: whole)
    }
    return maps.step(from: shape, elementBytes: type.elementType.byteCount, fill: bits)
  }

  /// The input's shape with axes of size 1 before it, where the output has more axes.
  private func aligned(_ shape: Shape, _ maps: AxisMaps) -> Shape {
    Shape([Int](repeating: 1, count: max(0, maps.axes.count - shape.rank)) + shape.dimensions)
  }

  private func maps(for call: LayerCall) throws(LayerError) -> AxisMaps {
    let shape = try call.onlyShape()
    let flat = Shape([shape.elementCount])
    var options = options
    for name in ["repeats", "shape"] {
      options.numbers = try call.sizes(name) ?? options.numbers
    }
    let maps = try rule(options, flattens ? flat : shape, call)
    guard flattens, maps.axes[0].count == shape.elementCount else {
      return maps
    }
    var shaped = maps
    shaped.output = shape
    return shaped
  }
}

extension Rearrangement {
  private static let rules: [String: Rule] = [
    "ops.Flip": flip, "ops.Fliplr": flip(axis: 1), "ops.Flipud": flip(axis: 0), "ops.Roll": roll,
    "ops.Tile": tile, "ops.Repeat": repeatElements,
    "ops.BroadcastTo": broadcast, "ops.Pad": pad,
    "ops.CentralCrop": middle, "ops.CropOrPad": middle, "ops.CropImages": frame { -$0 },
    "ops.PadImages": frame { $0 },
  ]

  private static let flip: Rule = { options, shape, _ throws(LayerError) in
    var maps = AxisMaps(identity: shape)
    for axis in try options.axes(of: shape) { maps.axes[axis].reverse() }
    return maps
  }

  private static func flip(axis: Int) -> Rule {
    { options, shape, call throws(LayerError) in
      var options = options
      options.axes = [axis]
      return try flip(options, shape, call)
    }
  }

  private static let roll: Rule = { options, shape, _ throws(LayerError) in
    var maps = AxisMaps(identity: shape)
    for (index, axis) in try options.axes(of: shape).enumerated() {
      let size = max(shape[axis], 1)
      let shift = options.numbers[min(index, options.numbers.count - 1)]
      maps.axes[axis] = maps.axes[axis].map { (($0 - shift) % size + size) % size }
    }
    return maps
  }

  private static let tile: Rule = { options, shape, _ throws(LayerError) in
    let rank = max(shape.rank, options.numbers.count)
    let sizes = [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions
    let counts = [Int](repeating: 1, count: rank - options.numbers.count) + options.numbers
    var maps = AxisMaps(identity: Shape(sizes))
    for axis in 0..<rank {
      maps.axes[axis] = (0..<(sizes[axis] * max(counts[axis], 0))).map { $0 % sizes[axis] }
    }
    return maps.resized()
  }

  private static let repeatElements: Rule = { options, shape, _ throws(LayerError) in
    var maps = AxisMaps(identity: shape)
    let axis = try options.axes(of: shape).first ?? 0
    let counts = options.numbers
    guard counts.count == 1 || counts.count == shape[axis] else {
      throw LayerError("expected 1 or \(shape[axis]) repeats, found \(counts.count)")
    }
    maps.axes[axis] = (0..<shape[axis]).flatMap { position in
      [Int](repeating: position, count: max(0, counts[counts.count == 1 ? 0 : position]))
    }
    return maps.resized()
  }

  private static let broadcast: Rule = { options, shape, _ throws(LayerError) in
    let target = Shape(options.numbers)
    guard broadcastShape(shape, target) == target else {
      throw LayerError("expected a shape that broadcasts to \(target), found \(shape)")
    }
    let sizes = [Int](repeating: 1, count: target.rank - shape.rank) + shape.dimensions
    var maps = AxisMaps(identity: Shape(sizes))
    for axis in 0..<target.rank where sizes[axis] == 1 {
      maps.axes[axis] = [Int](repeating: 0, count: target[axis])
    }
    return maps.resized()
  }

  private static let pad: Rule = { options, shape, _ throws(LayerError) in
    guard options.pairs.count == shape.rank else {
      throw LayerError("expected \(shape.rank) pairs of padding, found \(options.pairs.count)")
    }
    var maps = AxisMaps(identity: shape)
    for (axis, pair) in options.pairs.enumerated() {
      let size = shape[axis]
      maps.axes[axis] = try (-pair[0]..<(size + pair[1])).map { position throws(LayerError) in
        try padded(position, size: size, options.mode)
      }
    }
    return maps.resized()
  }

  /// Pictures cut or padded at their sides, of which the target's sizes may stand for one each; what
  /// is cut counts as padding below zero.
  private static func frame(_ padding: @escaping @Sendable (Int) -> Int) -> Rule {
    { options, shape, _ throws(LayerError) in
      guard [3, 4].contains(shape.rank), options.margins.count == 4 else {
        throw LayerError("expected pictures, found shape \(shape)")
      }
      var maps = AxisMaps(identity: shape)
      let first = shape.rank - 3 + (options.isChannelsFirst ? 1 : 0)
      for side in 0..<2 {
        let size = shape[first + side]
        let rest = options.target[side].map { $0 - size }
        let (given, other) = (options.margins[side], options.margins[side + 2])
        let before = given.map(padding) ?? rest.flatMap { rest in other.map { rest - padding($0) } }
        let after = other.map(padding) ?? rest.flatMap { rest in before.map { rest - $0 } }
        guard let before, let after, size + before + after >= 0 else {
          throw LayerError("expected margins of shape \(shape), found \(options.margins)")
        }
        maps.axes[first + side] = (-before..<(size + after)).map {
          (0..<size).contains($0) ? $0 : -1
        }
      }
      return maps.resized()
    }
  }

  /// The middle of pictures: a fraction of it, or a size that margins may fill.
  private static let middle: Rule = { options, shape, _ throws(LayerError) in
    guard [3, 4].contains(shape.rank) else {
      throw LayerError("expected pictures, found shape \(shape)")
    }
    var maps = AxisMaps(identity: shape)
    for side in 0..<2 {
      let axis = shape.rank - 3 + side
      let size = shape[axis]
      let start: Int
      let count: Int
      if options.target.isEmpty {
        start = Int((Double(size) - Double(size) * options.fraction) / 2)
        count = size - 2 * start
      } else {
        count = options.target[side] ?? size
        start = size > count ? (size - count) / 2 : -((count - size) / 2)
      }
      maps.axes[axis] = (start..<(start + count)).map { (0..<size).contains($0) ? $0 : -1 }
    }
    return maps.resized()
  }

  private static func padded(
    _ position: Int, size: Int, _ mode: String
  ) throws(LayerError) -> Int {
    if (0..<size).contains(position) { return position }
    let beyond = position < 0 ? -position : position - size + 1
    switch mode {
    case "constant": return -1
    case "edge": return position < 0 ? 0 : size - 1
    case "wrap": return ((position % size) + size) % size
    case "reflect" where beyond < size:
      return position < 0 ? beyond : size - 1 - beyond
    case "symmetric" where beyond <= size:
      return position < 0 ? beyond - 1 : size - beyond
    default:
      throw LayerError("expected padding of mode \"\(mode)\" within \(size), found \(beyond)")
    }
  }
}

import ModelFormat
import Tensors

/// Arrays that a few numbers span.
extension ArrayOperation {
  static let fillings: [String: Rule] = [
    "ops.EmptyLike": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType(call.shapes[0], try asked(call) ?? call.operands[0].type.elementType)]
      }, { _, x in [NumberArray(x[0].shape, repeating: 0)] }),
    "ops.FullLike": Rule(
      { call throws(LayerError) in
        try call.expect(2...2)
        guard try call.broadcast() == call.shapes[0] else {
          throw LayerError("expected a value that fills shape \(call.shapes[0])")
        }
        return [TensorType(call.shapes[0], try asked(call) ?? call.operands[0].type.elementType)]
      }, { _, x in [x[1].broadcast(to: x[0].shape)] }),
    "ops.Geomspace": Rule(
      spacedTypes,
      { call, x in
        let logarithms = x.map { $0.map { Scalar.logarithm10(abs($0)) } }
        let signs = x[0].map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
        return [
          spaced(call, logarithms) { number, place in
            Scalar.power(10, number) * signs.elements[place % signs.elements.count]
          }
        ]
      }),
    "ops.Linspace": Rule(spacedTypes, { call, x in [spaced(call, x) { number, _ in number }] }),
    "ops.Logspace": Rule(
      spacedTypes,
      { call, x in
        let base = call.options.number("base", 10)
        return [spaced(call, x) { number, _ in Scalar.power(base, number) }]
      }),
    "ops.Meshgrid": Rule(
      { call throws(LayerError) in
        let shape = meshed(call.shapes, call)
        return call.operands.map { TensorType(shape, $0.type.elementType) }
      },
      { call, x in
        let shape = meshed(x.map(\.shape), call)
        let swaps = call.options.text("indexing", "xy") == "xy" && x.count > 1
        return x.indices.map { index in
          let axis = swaps && index < 2 ? 1 - index : index
          let sizes = x.indices.map { $0 == axis ? x[index].elements.count : 1 }
          return x[index].reshaped(Shape(sizes)).broadcast(to: shape)
        }
      }),
    "ops.Size": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType([], .int32)]
      }, { _, x in [NumberArray([], [Double(x[0].elements.count)])] }),
    "ops.Select": Rule(
      { call throws(LayerError) in
        let choices = Array(call.operands[selected(call)...])
        return [TensorType(try call.broadcast(), choices.promotedType)]
      },
      { call, x in
        let count = selected(call)
        guard let shape = try? call.broadcast(), x.count > 2 * count else { return [] }
        let all = x.map { $0.broadcast(to: shape).elements }
        let elements = (0..<shape.elementCount).map { index in
          let chosen = (0..<count).first { all[$0][index] != 0 }
          return all[chosen.map { $0 + count } ?? 2 * count][index]
        }
        return [NumberArray(shape, elements)]
      }),
  ]

  /// The type that the option `dtype` names.
  static func asked(_ call: ArrayCall) throws(LayerError) -> ElementType? {
    guard let name = call.options["dtype"]?.string else { return nil }
    guard let type = ElementType(rawValue: name), type != .string else {
      throw LayerError("expected a type of numbers, found \"\(name)\"")
    }
    if type.isNarrow { return type }
    return type.isFloatingPoint ? .float32 : type == .bool ? .bool : type.isWide ? .int64 : .int32
  }

  private static let spacedTypes: Types = { call throws(LayerError) in
    try call.expect(2...2)
    if call.options.bool("retstep") { throw LayerError("expected no step beside the numbers") }
    var sizes = try call.broadcast().dimensions
    let axis = call.options.int("axis", 0)
    let place = axis < 0 ? axis + sizes.count + 1 : axis
    let count = call.options.int("num", 50)
    guard (0...sizes.count).contains(place), (0...(1 << 28)).contains(count) else {
      throw LayerError("expected a place for \(count) numbers, found axis \(axis)")
    }
    sizes.insert(count, at: place)
    return [TensorType(Shape(sizes), try asked(call) ?? .float32)]
  }

  /// Numbers at equal distances between the two operands, each passed through a function.
  private static func spaced(
    _ call: ArrayCall, _ x: [NumberArray], _ function: (_ number: Double, _ place: Int) -> Double
  ) -> NumberArray {
    guard let shape = try? call.broadcast() else { return NumberArray([], [0]) }
    let (start, stop) = (x[0].broadcast(to: shape), x[1].broadcast(to: shape))
    let count = call.options.int("num", 50)
    let steps = call.options.bool("endpoint", true) ? max(count - 1, 1) : max(count, 1)
    var result = NumberArray(Shape(shape.dimensions + [count]), [])
    for (place, first) in start.elements.enumerated() {
      let distance = (stop.elements[place] - first) / Double(steps)
      for index in 0..<count {
        result.elements.append(function(first + distance * Double(index), place))
      }
    }
    if (try? asked(call)).flatMap({ $0 })?.isFloatingPoint == false {
      result = result.map { $0.rounded(.down) }
    }
    return result.withLastMoved(to: call.options.int("axis", 0))
  }

  private static func meshed(_ shapes: [Shape], _ call: ArrayCall) -> Shape {
    var sizes = shapes.map(\.elementCount)
    if sizes.count > 1, call.options.text("indexing", "xy") == "xy" { sizes.swapAt(0, 1) }
    return Shape(sizes)
  }

  /// The number of conditions among the operands, which as many choices follow, and the default.
  private static func selected(_ call: ArrayCall) -> Int { call.operands.count / 2 }
}

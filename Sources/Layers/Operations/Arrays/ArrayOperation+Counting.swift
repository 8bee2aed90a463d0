import ModelFormat
import Tensors

/// What an array holds, and how often.
extension ArrayOperation {
  static let countings: [String: Rule] = [
    "ops.Ndim": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [TensorType([], .int32)]
      }, { _, x in [NumberArray([], [Double(x[0].shape.rank)])] }),
    "ops.Unique": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        guard let size = call.options["size"]?.int, (0...(1 << 24)).contains(size) else {
          throw LayerError("expected a size: without one, the numbers tell how many there are")
        }
        guard call.options["axis"] == nil || call.shapes[0].rank == 1 else {
          throw LayerError("expected numbers, found an axis of slices")
        }
        return [TensorType([size], call.operands[0].type.elementType)]
          + parts(of: call).map { TensorType($0 == .inverse ? call.shapes[0] : [size], .int32) }
      }, { call, x in unique(call, x[0]) }),
  ]

  /// What `Unique` tells beside the numbers, in this order.
  private enum UniquePart: String, CaseIterable {
    case index, inverse, counts
  }

  private static func parts(of call: ArrayCall) -> [UniquePart] {
    UniquePart.allCases.filter { call.options.bool("return_\($0.rawValue)") }
  }

  /// Each number once, by size or in the order in which they come, cut off or filled up.
  private static func unique(_ call: ArrayCall, _ x: NumberArray) -> [NumberArray] {
    let size = call.options.int("size", 0)
    var places: [Double: Int] = [:]
    var found: [(number: Double, first: Int, count: Int)] = []
    for (index, number) in x.elements.enumerated() {
      if let place = places[number] {
        found[place].count += 1
      } else {
        places[number] = found.count
        found.append((number, index, 1))
      }
    }
    if call.options.bool("sorted", true) { found.sort { $0.number < $1.number } }
    for (place, item) in found.enumerated() { places[item.number] = place }
    func row(_ numbers: [Double], _ fill: Double) -> NumberArray {
      let missing = [Double](repeating: fill, count: max(0, size - numbers.count))
      return NumberArray([size], numbers.prefix(size) + missing)
    }
    let rest = parts(of: call).map { part in
      switch part {
      case .index: row(found.map { Double($0.first) }, 1)
      case .inverse: x.map { Double(places[$0] ?? 0) }
      case .counts: row(found.map { Double($0.count) }, 0)
      }
    }
    return [row(found.map(\.number), call.options.number("fill_value", 0))] + rest
  }
}

import Inference
import ModelFormat
import Tensors

/// Makes tensors of nested JSON lists.
struct JSONTensor {
  private var floats: [Float] = []
  private var integers: [Int64] = []
  private var strings: [String] = []
  private let type: ElementType

  /// The tensor in nested lists of numbers, truth values or strings, for an input of the given type.
  static func read(_ json: JSONValue, for type: ElementType) throws(JSONTensorError) -> Tensor {
    var reader = JSONTensor(type: type)
    let sizes = sizes(of: json)
    try reader.append(json, sizes[...], [])
    let shape = Shape(sizes)
    if type == .string { return Tensor(shape, reader.strings) }
    return type.isFloatingPoint
      ? Tensor(shape, reader.floats) : Tensor(shape, reader.integers)
  }

  private init(type: ElementType) {
    self.type = type
  }

  /// The sizes that the first element at each depth speaks of.
  private static func sizes(of json: JSONValue) -> [Int] {
    guard case .array(let values) = json else { return [] }
    return [values.count] + (values.first.map { sizes(of: $0) } ?? [])
  }

  private mutating func append(
    _ json: JSONValue, _ sizes: ArraySlice<Int>, _ index: [Int]
  ) throws(JSONTensorError) {
    switch json {
    case .array(let values):
      guard let size = sizes.first, size == values.count else {
        let expected = sizes.first.map { "\($0) elements" } ?? "a single value"
        throw JSONTensorError(index, "expected \(expected), found a list of \(values.count)")
      }
      for (position, value) in values.enumerated() {
        try append(value, sizes.dropFirst(), index + [position])
      }
    default:
      guard sizes.isEmpty else {
        throw JSONTensorError(index, "expected a list of \(sizes[sizes.startIndex])")
      }
      try append(element: json, index)
    }
  }

  private mutating func append(element json: JSONValue, _ index: [Int]) throws(JSONTensorError) {
    let number: JSONValue = if case .bool(let value) = json { .int(value ? 1 : 0) } else { json }
    if type == .string, let value = json.string {
      strings.append(value)
    } else if type.isFloatingPoint, let value = number.double {
      floats.append(Float(value))
    } else if type != .string, !type.isFloatingPoint, let value = number.int {
      integers.append(Int64(value))
    } else {
      let kind =
        type == .string ? "a string" : type.isFloatingPoint ? "a number" : "a whole number"
      throw JSONTensorError(index, "expected \(kind), found \(String("\(json)".prefix(40)))")
    }
  }
}

/// Why JSON holds no tensor, and where.
struct JSONTensorError: Error, CustomStringConvertible {
  /// The error on one line.
  let description: String

  init(_ index: [Int], _ reason: String) {
    let place = index.isEmpty ? "" : "at \(index.map { "[\($0)]" }.joined()): "
    description = place + reason
  }
}

import ModelFormat
import Tensors

/// A number or a list of numbers that a call computes of its tensors' sizes, as an argument tells it:
/// `{"class_name": "__sizes__", "config": {"function": "stack", "arguments": […]}}`.
///
/// The function `of` gives all sizes of the tensor that the call has under a keyword; the others are
/// Python's and TensorFlow's. Arguments are such objects, plain numbers, and lists of them.
struct SizeExpression {
  /// The numbers: one for a number, any for a list.
  let values: [Int]
  /// Whether this is a list.
  let isList: Bool

  /// The keywords of tensors that are given for their sizes alone.
  static let keywords = Set((0..<8).map { "shape:\($0)" })

  private init(_ values: [Int], isList: Bool) {
    self.values = values
    self.isList = isList
  }

  /// What an argument of a call tells.
  init(_ json: JSONValue, in call: LayerCall) throws(LayerError) {
    if let number = json.int {
      self.init([number], isList: false)
      return
    }
    if let elements = json.array {
      self.init(try Self.joined(elements, in: call), isList: true)
      return
    }
    guard let config = json["config"], let function = config["function"]?.string,
      let arguments = config["arguments"]?.array
    else { throw LayerError("expected whole numbers, found \(json)") }
    if function == "of" {
      guard let place = arguments.first?.string.flatMap({ call.keywords[$0] }) else {
        throw LayerError("expected a tensor whose sizes count, found \(json)")
      }
      self.init(call.inputs[place].shape.dimensions, isList: true)
      return
    }
    if ["concat", "stack"].contains(function) {
      self.init(try Self.joined(arguments, in: call), isList: true)
      return
    }
    guard let first = arguments.first else { throw LayerError("expected an argument of \(json)") }
    let left = try SizeExpression(first, in: call)
    if function == "product" {
      self.init([left.values.reduce(1, &*)], isList: false)
    } else if function == "ones" {
      self.init(left.values.map { _ in 1 }, isList: left.isList)
    } else if function == "where" {
      self = try Self.chosen(arguments, in: call)
    } else if function == "take" {
      let indices = try SizeExpression(arguments.count > 1 ? arguments[1] : .null, in: call)
      let places = indices.values.map { $0 < 0 ? $0 + left.values.count : $0 }
      guard places.allSatisfy(left.values.indices.contains) else {
        throw LayerError("expected places in \(left.values.count) sizes, found \(places)")
      }
      self.init(places.map { left.values[$0] }, isList: indices.isList)
    } else if function == "getitem" {
      self = try left.taken(arguments.count > 1 ? arguments[1] : .null, in: call)
    } else {
      guard arguments.count == 2, let operation = Self.operations[function] else {
        throw LayerError("expected an operation of sizes, found \(function)")
      }
      self = try Self.zipped([left, try SizeExpression(arguments[1], in: call)]) {
        operation($0[0], $0[1])
      }
    }
  }

  /// The second argument where the first one is not 0, and the third elsewhere.
  private static func chosen(
    _ arguments: [JSONValue], in call: LayerCall
  ) throws(LayerError) -> SizeExpression {
    var sides: [SizeExpression] = []
    for argument in arguments { sides.append(try SizeExpression(argument, in: call)) }
    guard sides.count == 3 else { throw LayerError("expected 3 arguments, found \(sides.count)") }
    return try zipped(sides) { $0[0] != 0 ? $0[1] : $0[2] }
  }

  /// What a function gives for the numbers of lists, of which those of one number have it everywhere.
  private static func zipped(
    _ sides: [SizeExpression], _ function: ([Int]) -> Int
  ) throws(LayerError) -> SizeExpression {
    let count = sides.map(\.values.count).max() ?? 0
    guard sides.allSatisfy({ [1, count].contains($0.values.count) }) else {
      throw LayerError("expected lists of one length, found \(sides.map(\.values))")
    }
    let values = (0..<count).map { index in
      function(sides.map { $0.values[$0.values.count == 1 ? 0 : index] })
    }
    return SizeExpression(values, isList: sides.contains(where: \.isList))
  }

  private static func joined(
    _ elements: [JSONValue], in call: LayerCall
  ) throws(LayerError) -> [Int] {
    var values: [Int] = []
    for element in elements { values += try SizeExpression(element, in: call).values }
    return values
  }

  /// The element or the slice that a key asks for.
  private func taken(_ key: JSONValue, in call: LayerCall) throws(LayerError) -> SizeExpression {
    let key = key.array?.first ?? key
    guard let slice = PythonSlice(key) else {
      let index = try SizeExpression(key, in: call).values.first ?? 0
      let place = index < 0 ? index + values.count : index
      guard values.indices.contains(place) else {
        throw LayerError("expected an index into \(values.count) sizes, found \(index)")
      }
      return SizeExpression([values[place]], isList: false)
    }
    return SizeExpression(
      try slice.positions(size: values.count, in: call).map { values[$0] }, isList: true)
  }

  private static let operations: [String: @Sendable (Int, Int) -> Int] = [
    "add": { $0 &+ $1 }, "subtract": { $0 &- $1 }, "multiply": { $0 &* $1 },
    "greater": { $0 > $1 ? 1 : 0 }, "less": { $0 < $1 ? 1 : 0 }, "equal": { $0 == $1 ? 1 : 0 },
    "maximum": { max($0, $1) }, "minimum": { min($0, $1) },
    "floordiv": { $1 == 0 ? 0 : Int((Double($0) / Double($1)).rounded(.down)) },
    "floormod": { $1 == 0 ? 0 : (($0 % $1) + $1) % $1 },
  ]
}

extension LayerCall {
  /// The whole numbers of an argument, of which the call may compute some by sizes; nil where it has
  /// no such argument.
  func sizes(_ argument: String) throws(LayerError) -> [Int]? {
    guard let json = arguments[argument] else { return nil }
    return try SizeExpression(json, in: self).values
  }
}

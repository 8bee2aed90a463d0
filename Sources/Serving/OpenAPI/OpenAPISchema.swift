import Inference
import ModelFormat
import Tensors

/// Schemas of what goes over the interface.
enum OpenAPISchema {
  /// Schemas that others name.
  static let common: [String: ModelFormat.JSONValue] = [
    "Error": object(["error": .object(["type": .string("string")])], required: ["error"])
  ]

  /// An object that has members, some of them always.
  static func object(
    _ properties: [String: ModelFormat.JSONValue], required: [String] = []
  ) -> ModelFormat.JSONValue {
    var schema: [String: ModelFormat.JSONValue] = [
      "type": .string("object"), "properties": .object(properties),
    ]
    if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
    return .object(schema)
  }

  /// What is never there.
  static let nothing: ModelFormat.JSONValue = .object(["not": .object([:])])

  /// Any list.
  static let list: ModelFormat.JSONValue = .object([
    "type": .string("array"), "items": .object([:]),
  ])

  /// Nested lists of the given sizes, of which those that are nil may be any but 0.
  static func lists(_ sizes: ArraySlice<Int?>, of element: ModelFormat.JSONValue)
    -> ModelFormat.JSONValue
  {
    guard let size = sizes.first else { return element }
    var schema: [String: ModelFormat.JSONValue] = [
      "type": .string("array"), "items": lists(sizes.dropFirst(), of: element),
      "minItems": .int(size ?? 1),
    ]
    // Open axes inside of a batch are described by 1: lists of one level must be of one size.
    schema["maxItems"] = .int(size ?? 1)
    return .object(schema)
  }

  /// An input's lists, any number of items.
  static func batch(_ port: ModelPort) -> ModelFormat.JSONValue {
    guard !port.shape.isEmpty else { return element(port.elementType) }
    var schema: [String: ModelFormat.JSONValue] = [
      "type": .string("array"), "items": item(port), "minItems": .int(port.shape[0] ?? 1),
    ]
    if let size = port.shape[0] { schema["maxItems"] = .int(size) }
    return .object(schema)
  }

  /// The lists of one item.
  static func item(_ port: ModelPort) -> ModelFormat.JSONValue {
    lists(port.shape.dropFirst(), of: element(port.elementType))
  }

  /// One element.
  static func element(_ type: ElementType) -> ModelFormat.JSONValue {
    switch type {
    case .float16, .bfloat16, .float32, .float64: .object(["type": .string("number")])
    case .bool: .object(["type": .string("boolean")])
    case .string: .object(["type": .string("string")])
    case .int8: integer(Int(Int8.min), Int(Int8.max))
    case .int16: integer(Int(Int16.min), Int(Int16.max))
    case .int32: integer(Int(Int32.min), Int(Int32.max))
    case .int64: integer(Int.min, Int.max)
    case .uint8: integer(0, Int(UInt8.max))
    case .uint16: integer(0, Int(UInt16.max))
    case .uint32: integer(0, Int(UInt32.max))
    case .uint64: integer(0, Int.max)
    }
  }

  private static func integer(_ least: Int, _ most: Int) -> ModelFormat.JSONValue {
    .object(["type": .string("integer"), "minimum": .int(least), "maximum": .int(most)])
  }
}

extension OpenAPISchema {
  /// The body of a request to predict in rows or in columns.
  static func predict(_ model: ServedModel) -> ModelFormat.JSONValue {
    let isSingle = model.inputs.count == 1
    let names = model.inputs.map(\.name)
    func all(_ schema: (ModelPort) -> ModelFormat.JSONValue) -> [String: ModelFormat.JSONValue] {
      var properties: [String: ModelFormat.JSONValue] = [:]
      for port in model.inputs { properties[port.name] = schema(port) }
      return object(properties, required: names).object ?? [:]
    }
    let rows: ModelFormat.JSONValue = .object([
      "type": .string("array"), "minItems": .int(1),
      "items": isSingle
        ? item(model.inputs[0])
        : .object(all(item).merging(["additionalProperties": .bool(false)]) { $1 }),
    ])
    let columns = isSingle ? batch(model.inputs[0]) : .object(all { one($0) })
    let signature: ModelFormat.JSONValue = .object([
      "type": .string("string"), "enum": .array([.string(ModelMetadata.signature)]),
    ])
    return .object([
      "oneOf": .array([
        object(
          ["signature_name": signature, "instances": rows, "inputs": nothing],
          required: ["instances"]),
        object(
          ["signature_name": signature, "inputs": columns, "instances": nothing],
          required: ["inputs"]),
      ])
    ])
  }

  /// An input's lists for one item: several inputs must agree on their number.
  private static func one(_ port: ModelPort) -> ModelFormat.JSONValue {
    lists(port.shape[...], of: element(port.elementType))
  }

  /// The body of a request to infer, of one item: a schema cannot say that a shape and the number of
  /// elements agree.
  ///
  /// Nor can it say that each of several inputs stands there once, but where each is a constant; so
  /// their elements are zeros.
  static func infer(_ model: ServedModel) -> ModelFormat.JSONValue {
    let isSingle = model.inputs.count == 1
    let inputs = model.inputs.map { isSingle ? input($0) : zeros($0) }
    let list: ModelFormat.JSONValue = .object([
      "type": .string("array"), "minItems": .int(inputs.count), "maxItems": .int(inputs.count),
      "items": isSingle ? inputs[0] : .object(["enum": .array(inputs)]),
      "uniqueItems": .bool(true),
    ])
    return object(
      ["id": .object(["type": .string("string")]), "inputs": list], required: ["inputs"])
  }

  private static func input(_ port: ModelPort) -> ModelFormat.JSONValue {
    let sizes = port.shape.map { $0 ?? 1 }
    return object(
      [
        "name": .object(["type": .string("string"), "enum": .array([.string(port.name)])]),
        "datatype": .object([
          "type": .string("string"),
          "enum": .array([.string(port.elementType.openInferenceName)]),
        ]),
        "shape": .object([
          "type": .string("array"), "items": .object(["type": .string("integer")]),
          "enum": .array([.array(sizes.map { .int($0) })]),
        ]),
        "data": lists([sizes.reduce(1, *)], of: element(port.elementType)),
      ], required: ["name", "datatype", "shape", "data"])
  }

  private static func zeros(_ port: ModelPort) -> ModelFormat.JSONValue {
    let sizes = port.shape.map { $0 ?? 1 }
    let zero: ModelFormat.JSONValue =
      switch port.elementType {
      case .string: .string("")
      case .bool: .bool(false)
      default: .int(0)
      }
    return .object([
      "name": .string(port.name), "datatype": .string(port.elementType.openInferenceName),
      "shape": .array(sizes.map { .int($0) }),
      "data": .array(Array(repeating: zero, count: sizes.reduce(1, *))),
    ])
  }

  /// The answer to a request to infer.
  static func inferred(_ model: ServedModel) -> ModelFormat.JSONValue {
    let output = object(
      [
        "name": .object([
          "type": .string("string"), "enum": .array(model.outputs.map { .string($0.name) }),
        ]),
        "datatype": .object(["type": .string("string")]),
        "shape": .object([
          "type": .string("array"), "items": .object(["type": .string("integer")]),
        ]),
        "data": list,
      ], required: ["name", "datatype", "shape", "data"])
    return object(
      [
        "model_name": .object(["type": .string("string")]),
        "model_version": .object(["type": .string("string")]),
        "id": .object(["type": .string("string")]),
        "outputs": .object(["type": .string("array"), "items": output]),
      ], required: ["model_name", "outputs"])
  }
}

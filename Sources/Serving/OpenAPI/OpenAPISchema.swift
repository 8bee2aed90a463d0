import Inference
import ModelFormat
import Tensors

/// Schemas of what goes over the interface.
enum OpenAPISchema {
  /// Schemas that others name.
  static let common: [String: ModelFormat.JSONValue] = [
    "Error": object(["error": .object(["type": .string("string")])], required: ["error"])
  ]

  /// Why a request was refused.
  static let error: ModelFormat.JSONValue = .object([
    "$ref": .string("#/components/schemas/Error")
  ])

  /// How much of a body is JSON, where other bytes follow it.
  static let headerLength: ModelFormat.JSONValue = .object([
    "type": .string("integer"), "minimum": .int(0),
  ])

  /// Bytes that mean what the description says.
  static func binary(_ description: String) -> ModelFormat.JSONValue {
    .object([
      "type": .string("string"), "format": .string("binary"),
      "description": .string(description),
    ])
  }

  /// The files that may be sent for a model whose only input is a picture, by their types.
  static func pictures(for model: ServedModel) -> [String: ModelFormat.JSONValue] {
    guard model.inputs.count == 1, PictureTensor.fits(model.inputs[0]) else { return [:] }
    let file = binary("A picture, which is made to fit the model's input")
    return ["image/png": file, "image/jpeg": file]
  }

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

  /// Any of several forms.
  static func any(_ schemas: [ModelFormat.JSONValue]) -> ModelFormat.JSONValue {
    schemas.count == 1 ? schemas[0] : .object(["anyOf": .array(schemas)])
  }

  /// Nested lists of the given sizes, of which those that are nil may be any; lists of no lists have
  /// no shape.
  ///
  /// That lists of one level are of one size is more than a schema can say.
  static func lists(_ sizes: ArraySlice<Int?>, of element: ModelFormat.JSONValue)
    -> ModelFormat.JSONValue
  {
    guard let size = sizes.first else { return element }
    return list(
      of: lists(sizes.dropFirst(), of: element), size: size, least: sizes.count == 1 ? 0 : 1)
  }

  /// A list of elements; of one size, where there is one, or of at least so many.
  static func list(
    of element: ModelFormat.JSONValue, size: Int? = nil, least: Int = 0
  ) -> ModelFormat.JSONValue {
    var schema: [String: ModelFormat.JSONValue] = [
      "type": .string("array"), "items": element, "minItems": .int(size ?? least),
    ]
    if let size { schema["maxItems"] = .int(size) }
    return .object(schema)
  }

  /// An input's lists, any number of items.
  static func batch(_ port: ModelPort) -> ModelFormat.JSONValue {
    guard let size = port.shape.first else { return element(port.elementType) }
    // A list of no items has the shape of an input of single elements alone.
    return list(of: item(port), size: size, least: port.shape.count == 1 ? 0 : 1)
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
    case .string: any([.object(["type": .string("string")]), base64])
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

  /// A string's bytes.
  private static let base64: ModelFormat.JSONValue = .object([
    "type": .string("object"), "required": .array([.string("b64")]),
    "additionalProperties": .bool(false),
    "properties": .object([
      "b64": .object([
        "type": .string("string"),
        "pattern": .string(
          "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"),
      ])
    ]),
  ])

  private static func integer(_ least: Int, _ most: Int) -> ModelFormat.JSONValue {
    .object(["type": .string("integer"), "minimum": .int(least), "maximum": .int(most)])
  }
}

extension OpenAPISchema {
  /// The body of a request to predict in rows or in columns.
  ///
  /// That several inputs have the same number of items is more than a schema can say.
  static func predict(_ model: ServedModel) -> ModelFormat.JSONValue {
    let single = model.inputs.count == 1 ? model.inputs[0] : nil
    let size = model.inputs.lazy.compactMap { $0.shape.first?.flatMap(\.self) }.first
    // Rows are objects or not, but not some of them.
    let rows = any(
      ((single.map { [item($0)] } ?? []) + [all(model, item, isClosed: true)]).map {
        list(of: $0, size: size, least: 1)
      })
    let columns = any((single.map { [batch($0)] } ?? []) + [all(model, batch)])
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

  private static let signature: ModelFormat.JSONValue = .object([
    "type": .string("string"),
    "enum": .array([.string(ModelMetadata.signature), .string("")]),
  ])

  /// The body of a request to classify or to regress: examples with a value for each input, but for
  /// those that the context has; what it has beyond those is not looked at.
  static func examples(_ model: ServedModel) -> ModelFormat.JSONValue {
    let some = all(model, example, areRequired: false)
    return any([
      object(
        [
          "signature_name": signature, "context": .object(["type": .string("object")]),
          "examples": list(of: all(model, example), least: 1),
        ], required: ["examples"]),
      object(
        ["signature_name": signature, "context": some, "examples": list(of: some, least: 1)],
        required: ["context", "examples"]),
    ])
  }

  /// One item's lists, or its elements as one list.
  private static func example(_ port: ModelPort) -> ModelFormat.JSONValue {
    let sizes = port.shape.dropFirst().compactMap(\.self)
    guard sizes.count > 1, sizes.count == port.shape.count - 1 else { return item(port) }
    return any([
      item(port), list(of: element(port.elementType), size: Shape(sizes).elementCount),
    ])
  }

  /// The answer to a request to classify or to regress.
  static func results(_ action: String) -> ModelFormat.JSONValue {
    // No type of a schema has NaN, which is written as TensorFlow Serving writes it.
    let number: ModelFormat.JSONValue = .object([
      "description": .string("A number, NaN, Infinity or -Infinity")
    ])
    let pair = list(
      of: .object(["description": .string("A class's name, then its score")]), size: 2)
    let results = list(of: action == ":regress" ? number : list(of: pair))
    return object(["results": results, "result": results], required: ["results", "result"])
  }

  /// An object that has every input by its name, or any of them.
  private static func all(
    _ model: ServedModel, _ schema: (ModelPort) -> ModelFormat.JSONValue, isClosed: Bool = false,
    areRequired: Bool = true
  ) -> ModelFormat.JSONValue {
    var properties: [String: ModelFormat.JSONValue] = [:]
    for port in model.inputs { properties[port.name] = schema(port) }
    let required = areRequired ? model.inputs.map(\.name) : []
    var members = object(properties, required: required).object ?? [:]
    if isClosed { members["additionalProperties"] = .bool(false) }
    return .object(members)
  }

  /// The body of a request to infer.
  ///
  /// That a shape and the number of elements agree, and that each of several inputs stands there
  /// once, is more than a schema can say.
  static func infer(_ model: ServedModel) -> ModelFormat.JSONValue {
    let output = object(
      [
        "name": .object([
          "type": .string("string"), "enum": .array(model.outputs.map { .string($0.name) }),
        ]),
        "parameters": parameters,
      ], required: ["name"])
    return object(
      [
        "id": .object(["type": .string("string"), "nullable": .bool(true)]),
        "parameters": parameters,
        "inputs": list(of: any(model.inputs.map(input)), size: model.inputs.count),
        "outputs": .object(
          (list(of: output).object ?? [:]).merging(["nullable": .bool(true)]) { $1 }),
      ], required: ["inputs"])
  }

  private static let parameters: ModelFormat.JSONValue = .object([
    "type": .string("object"), "nullable": .bool(true),
  ])

  private static func input(_ port: ModelPort) -> ModelFormat.JSONValue {
    let size: ModelFormat.JSONValue = .object(["type": .string("integer"), "minimum": .int(0)])
    let element = element(port.elementType)
    var forms = [list(of: element)]
    if port.shape.count > 1 { forms.append(lists(port.shape[...], of: element)) }
    return object(
      [
        "name": .object(["type": .string("string"), "enum": .array([.string(port.name)])]),
        "datatype": .object([
          "type": .string("string"),
          "enum": .array([.string(port.elementType.openInferenceName)]),
        ]),
        "shape": list(of: size, size: port.shape.count),
        "data": any(forms),
        "parameters": parameters,
      ], required: ["name", "datatype", "shape", "data"])
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

import Inference
import Tensors

/// A request of the Open Inference Protocol to infer.
struct InferRequest {
  /// An output that is asked for, and how it goes.
  struct Output {
    /// The number of the model's output.
    var index: Int
    /// Whether the elements follow the JSON as bytes.
    var isBinary: Bool
    /// How many classes are asked for in place of the elements.
    var classCount: Int?
  }

  /// What the client calls the request; it is given back.
  var id: String?
  /// The inputs in the model's order.
  var inputs: [Tensor]
  /// The outputs in the order in which they are asked for.
  var outputs: [Output]
  /// The longest that the client waits, in microseconds.
  var timeoutMicroseconds: Int?

  /// Reads a request: JSON, and the bytes behind it that the JSON speaks of.
  init(
    _ root: JSONValue, binary: UnsafeRawBufferPointer, textCount: Int, for model: ServedModel
  ) throws(HTTPError) {
    guard root.kind == .object else {
      throw HTTPError(.badRequest, "expected a JSON object, found \(root.kind.rawValue)")
    }
    if let id = root.given("id") {
      guard let text = id.string else {
        throw HTTPError(.badRequest, "\"id\": expected a string, found \(id.kind.rawValue)")
      }
      self.id = text.isEmpty ? nil : text
    }
    let parameters = try root.object("parameters")
    if let timeout = parameters?.given("timeout") {
      guard let microseconds = timeout.integer, microseconds >= 0 else {
        throw HTTPError(.badRequest, "parameter \"timeout\": expected microseconds")
      }
      timeoutMicroseconds = microseconds
    }
    try Self.checkSequence(parameters, model)
    inputs = try InferInputs(model: model, binary: binary, textCount: textCount).read(root)
    outputs = try Self.outputs(root, parameters, of: model)
  }

  /// A request whose body is the elements of the only input, for one item or as many as its bytes
  /// make; every output goes as bytes.
  init(raw bytes: UnsafeRawBufferPointer, for model: ServedModel) throws(HTTPError) {
    guard model.inputs.count == 1 else {
      throw HTTPError(
        .badRequest,
        "raw binary is one input, model \"\(model.name)\" takes \(model.inputs.count)")
    }
    let port = model.inputs[0]
    inputs = [try BinaryTensor(bytes).tensor(raw: port)]
    outputs = model.outputs.indices.map { Output(index: $0, isBinary: true) }
  }

  /// Refuses a request of a sequence that a model would remember; others do not mind, as Triton's
  /// stateless models.
  private static func checkSequence(
    _ parameters: JSONValue?, _ model: ServedModel
  ) throws(HTTPError) {
    guard model.isStateful, let id = parameters?.given("sequence_id"), id.integer != 0,
      id.string != ""
    else { return }
    throw HTTPError(
      .badRequest,
      "parameter \"sequence_id\" is not taken: model '\(model.name)' starts anew with every request"
    )
  }

  private static func outputs(
    _ root: JSONValue, _ parameters: JSONValue?, of model: ServedModel
  ) throws(HTTPError) -> [Output] {
    let isBinary = try parameters?.flag("binary_data_output") ?? false
    guard let list = root.given("outputs") else {
      return model.outputs.indices.map { Output(index: $0, isBinary: isBinary) }
    }
    guard list.kind == .array else {
      throw HTTPError(.badRequest, "\"outputs\": expected a list, found \(list.kind.rawValue)")
    }
    var outputs: [Output] = []
    try list.forEachElement { index, item throws(HTTPError) in
      try item.checkKeys()
      guard let name = item["name"]?.string else {
        throw HTTPError(.badRequest, "\"outputs\" [\(index)]: expected an object with a \"name\"")
      }
      guard let place = model.outputs.firstIndex(where: { $0.name == name }) else {
        throw HTTPError(
          .badRequest, "unexpected inference output '\(name)' for model '\(model.name)'")
      }
      guard !outputs.contains(where: { $0.index == place }) else {
        throw HTTPError(.badRequest, "output '\(name)' is already requested")
      }
      outputs.append(try output(place, item, isBinary: isBinary, model.outputs[place]))
    }
    return outputs.isEmpty
      ? model.outputs.indices.map { Output(index: $0, isBinary: isBinary) } : outputs
  }

  private static func output(
    _ place: Int, _ item: JSONValue, isBinary: Bool, _ port: ModelPort
  ) throws(HTTPError) -> Output {
    let parameters = try item.object("parameters")
    try parameters?.checkNoSharedMemory(for: "output '\(port.name)'")
    var output = Output(
      index: place, isBinary: try parameters?.flag("binary_data") ?? isBinary)
    guard let count = parameters?.given("classification") else { return output }
    guard let number = count.integer, number >= 0 else {
      throw HTTPError(
        .badRequest, "output '\(port.name)': \"classification\": expected a number of classes")
    }
    if number > 0 {
      guard port.elementType != .string else {
        throw HTTPError(.badRequest, "output '\(port.name)' of strings cannot be classified")
      }
      output.classCount = number
    }
    return output
  }
}

extension JSONValue {
  /// A member, if it is there and is not null, which clients write for what they leave out.
  func given(_ key: String) -> JSONValue? {
    guard let value = self[key], value.kind != .null else { return nil }
    return value
  }

  /// Throws where the parameters of an input or an output name Triton's shared memory, which there
  /// is none of: the data would be looked for in the wrong place.
  func checkNoSharedMemory(for port: String) throws(HTTPError) {
    guard given("shared_memory_region") != nil else { return }
    throw HTTPError(.badRequest, "\(port): \"shared_memory_region\": there is no shared memory")
  }

  /// A member that is an object, if it is there.
  func object(_ key: String) throws(HTTPError) -> JSONValue? {
    guard let value = given(key) else { return nil }
    guard value.kind == .object else {
      throw HTTPError(.badRequest, "\"\(key)\": expected an object, found \(value.kind.rawValue)")
    }
    try value.checkKeys()
    return value
  }

  /// A member that is true or false, if it is there.
  func flag(_ key: String) throws(HTTPError) -> Bool? {
    guard let value = given(key) else { return nil }
    switch value.kind {
    case .true: return true
    case .false: return false
    default:
      throw HTTPError(.badRequest, "\"\(key)\": expected true or false, found \(value.text)")
    }
  }
}

import Inference
import ModelFormat
import Tensors

/// Brings arrays and JSON into the form in which a model takes its inputs.
struct ModelInput {
  private let ports: [ModelPort]

  /// For the inputs of `model`.
  init(_ model: Model) {
    ports = model.inputs
  }

  /// Arrays by the inputs' names; an only array goes to an only input under any name.
  ///
  /// Names may begin with `inputs/`, as in a reference file, whose other arrays are passed over.
  func tensors(_ arrays: [String: Tensor]) throws(InputError) -> [Tensor] {
    var named = arrays
    let prefix = "inputs/"
    if arrays.keys.contains(where: { $0.hasPrefix(prefix) }) {
      named = [:]
      for (name, tensor) in arrays where name.hasPrefix(prefix) {
        named[String(name.dropFirst(prefix.count))] = tensor
      }
    }
    return try inModelOrder(named).map { port, tensor throws(InputError) in
      try fit(tensor, port).tensor
    }
  }

  /// The only array of a file that holds no names.
  func tensors(_ only: Tensor) throws(InputError) -> [Tensor] {
    guard ports.count == 1 else {
      throw InputError(
        "expected a .npz with an array for each of the inputs \(names), found one array")
    }
    return [try fit(only, ports[0]).tensor]
  }

  /// Whether the model has an input of this name.
  func has(_ name: String) -> Bool { ports.contains { $0.name == name } }

  /// What a request holds under one of `keys`, or nil where it has no such wrapper.
  ///
  /// An input of the same name comes first, unless the member is an object, which no input is.
  func unwrapped(_ json: JSONValue, keys: String...) -> JSONValue? {
    for key in keys {
      if let inner = json[key], !has(key) || inner.object != nil { return inner }
    }
    return nil
  }

  /// Values by the inputs' names, or the only input's value itself.
  func values(_ json: JSONValue) throws(InputError) -> [(tensor: Tensor, isItem: Bool)] {
    let named: [String: JSONValue]
    if let object = json.object {
      named = object
    } else if ports.count == 1 {
      named = [ports[0].name: json]
    } else {
      throw InputError("expected an object with a value for each of the inputs \(names)")
    }
    return try inModelOrder(named).map { port, value throws(InputError) in
      let tensor: Tensor
      do {
        tensor = try JSONTensor.read(value, for: port.elementType)
      } catch {
        throw InputError("input \"\(port.name)\": \(error)")
      }
      return try fit(tensor, port)
    }
  }

  private func inModelOrder<Value>(
    _ named: [String: Value]
  ) throws(InputError) -> [(ModelPort, Value)] {
    if ports.count == 1, named.count == 1, let value = named.values.first {
      return [(ports[0], value)]
    }
    var found: [(ModelPort, Value)] = []
    for port in ports {
      guard let value = named[port.name] else {
        throw InputError("no value for the input \"\(port.name)\", found \(quoted(named.keys))")
      }
      found.append((port, value))
    }
    let unknown = Set(named.keys).subtracting(ports.map(\.name)).sorted()
    guard let name = unknown.first else { return found }
    throw InputError("the model has no input \"\(name)\", its inputs are \(names)")
  }

  /// A tensor that fits an input, with a batch axis before it where it is a single item.
  private func fit(
    _ tensor: Tensor, _ port: ModelPort
  ) throws(InputError) -> (tensor: Tensor, isItem: Bool) {
    if port.accepts(tensor.shape) { return (tensor, false) }
    let item = Shape([1] + tensor.shape.dimensions)
    if port.accepts(item) { return (tensor.reshaped(to: item), true) }
    let error = PredictionError.inputShape(
      input: port.name, expected: port.shape, found: tensor.shape)
    throw InputError(error.description)
  }

  private var names: String { quoted(ports.map(\.name)) }

  private func quoted(_ names: some Sequence<String>) -> String {
    let list = names.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
    return list.isEmpty ? "none" : list
  }
}

/// Why something cannot be a model's input.
struct InputError: Error, CustomStringConvertible {
  /// The error on one line.
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

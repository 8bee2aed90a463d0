import Inference
import Tensors

/// Reads the inputs of a request of the Open Inference Protocol.
struct InferInputs {
  /// The model.
  let model: ServedModel
  /// The bytes behind the request's JSON.
  let binary: UnsafeRawBufferPointer
  /// The bytes of the JSON, more than there can be elements in it.
  let textCount: Int

  /// The largest shape, its axes of size 0 left out, whose elements need not be in the body.
  private static let emptyLimit = 1 << 20

  /// A tensor for each of the model's inputs.
  func read(_ root: JSONValue) throws(HTTPError) -> [Tensor] {
    guard let list = root["inputs"] else {
      throw HTTPError(.badRequest, "Unable to find 'inputs' in the request")
    }
    guard list.kind == .array else {
      throw HTTPError(.badRequest, "\"inputs\": expected a list, found \(list.kind.rawValue)")
    }
    var tensors: [Tensor?] = model.inputs.map { _ in nil }
    var offset = 0
    try list.forEachElement { index, item throws(HTTPError) in
      try item.checkKeys()
      let place = try place(of: item, at: index)
      let port = model.inputs[place]
      guard tensors[place] == nil else {
        throw HTTPError(.badRequest, "input '\(port.name)' is given more than once")
      }
      tensors[place] = try tensor(item, for: port, &offset)
    }
    guard offset == binary.count else {
      throw HTTPError(
        .badRequest,
        "unexpected additional input data: \(offset) bytes of binary data are spoken of, "
          + "found \(binary.count)")
    }
    guard !tensors.contains(where: { $0 == nil }) else {
      let missing = zip(model.inputs, tensors).filter { $1 == nil }.map { "'\($0.0.name)'" }
      throw HTTPError(
        .badRequest,
        "expected \(model.inputs.count) inputs but got \(tensors.count - missing.count) inputs for "
          + "model '\(model.name)': missing \(missing.joined(separator: ", "))")
    }
    return tensors.compactMap(\.self)
  }

  private func place(of item: JSONValue, at index: Int) throws(HTTPError) -> Int {
    guard let name = item["name"]?.string else {
      throw HTTPError(.badRequest, "\"inputs\" [\(index)]: expected an object with a \"name\"")
    }
    guard let place = model.inputs.firstIndex(where: { $0.name == name }) else {
      throw HTTPError(
        .badRequest, "unexpected inference input '\(name)' for model '\(model.name)'")
    }
    return place
  }

  private func tensor(
    _ item: JSONValue, for port: ModelPort, _ offset: inout Int
  ) throws(HTTPError) -> Tensor {
    try check(datatype: item["datatype"], for: port)
    let shape = try shape(item["shape"], for: port)
    let parameters = try item.object("parameters")
    try parameters?.checkNoSharedMemory(for: "input '\(port.name)'")
    guard let size = parameters?.given("binary_data_size") else {
      guard let data = item["data"] else {
        throw HTTPError(.badRequest, "input '\(port.name)': \"data\" is missing")
      }
      return try self.data(data, shape, for: port)
    }
    guard item.given("data") == nil else {
      throw HTTPError(
        .badRequest, "input '\(port.name)' has both \"data\" and \"binary_data_size\"")
    }
    guard let count = size.integer, count >= 0, count <= binary.count - offset else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': unexpected size for binary data: expected at most "
          + "\(binary.count - offset) bytes, found \(size.text)")
    }
    defer { offset += count }
    let bytes = UnsafeRawBufferPointer(rebasing: binary[offset..<(offset + count)])
    return try BinaryTensor(bytes).tensor(shape, for: port)
  }

  private func check(datatype: JSONValue?, for port: ModelPort) throws(HTTPError) {
    guard let name = datatype?.string else {
      throw HTTPError(.badRequest, "input '\(port.name)': \"datatype\" is missing or no string")
    }
    guard ElementType(openInferenceName: name) == port.elementType else {
      throw HTTPError(
        .badRequest,
        "inference input '\(port.name)' data-type is '\(name)', but model '\(model.name)' expects "
          + "'\(port.elementType.openInferenceName)'")
    }
  }

  private func shape(_ value: JSONValue?, for port: ModelPort) throws(HTTPError) -> Shape {
    guard let value, value.kind == .array else {
      throw HTTPError(.badRequest, "input '\(port.name)': \"shape\" is missing or no list")
    }
    var sizes: [Int] = []
    try value.forEachElement { _, item throws(HTTPError) in
      guard let size = item.integer, size >= 0 else {
        throw HTTPError(
          .badRequest,
          "input '\(port.name)': \"shape\": expected sizes of 0 or more, found \(value.text)")
      }
      sizes.append(size)
    }
    let shape = Shape(sizes)
    guard port.accepts(shape) else {
      throw HTTPError(
        .badRequest,
        "unexpected shape for input '\(port.name)' for model '\(model.name)'. Expected "
          + "\(port.shapeText), got \(value.text)")
    }
    // Items without elements take time too, though none of a body's bytes.
    let limit = max(Self.emptyLimit, textCount + binary.count)
    guard shape.elementCount(atMost: limit) != nil else {
      throw HTTPError(
        .badRequest, "input '\(port.name)': shape \(value.text) has too many elements")
    }
    return shape
  }

  /// Elements in JSON, either flat or nested as the shape says.
  private func data(
    _ value: JSONValue, _ shape: Shape, for port: ModelPort
  ) throws(HTTPError) -> Tensor {
    guard port.elementType != .float16, port.elementType != .bfloat16 else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': \(port.elementType.openInferenceName) comes as binary data only")
    }
    guard value.kind == .array || shape.rank == 0 else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': \"data\": expected a list, found \(value.kind.rawValue)")
    }
    let count = shape.elementCount
    let found = try value.shape()
    let isNested = found.rank > 1 || shape.rank == 0 && found.rank == 0
    let read = isNested ? shape : Shape([count])
    guard isNested || found.dimensions == [count] else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': got \(found[0]) elements, expected \(count) "
          + "for shape \(shape)")
    }
    do throws(HTTPError) {
      guard count <= textCount else { throw HTTPError(.badRequest, "lists are of different sizes") }
      let type = TensorType(shape, port.elementType)
      let storage = TensorStorage(uninitialized: type.byteCount)
      try value.read(read, as: port.elementType, into: storage.bytes)
      return Tensor(owning: type, storage)
    } catch {
      throw HTTPError(error.status, "input '\(port.name)': \(error.message)")
    }
  }
}

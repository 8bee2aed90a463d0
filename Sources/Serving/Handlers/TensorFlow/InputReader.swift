import Inference
import Tensors

/// Reads tensors for a model's inputs.
struct InputReader {
  /// The model.
  let model: ServedModel
  /// The bytes of the request's text, more than there can be numbers in it.
  let textCount: Int

  /// The tensors in the column form: a list for a single input, or an object of all inputs.
  func columns(_ value: JSONValue) throws(HTTPError) -> [Tensor] {
    guard value.kind == .object else {
      guard model.inputs.count == 1 else {
        throw HTTPError(
          .badRequest,
          "inputs is a plain value/list, but expecting an object as multiple input tensors "
            + "required as per tensorinfo_map")
      }
      return [try column(value, for: model.inputs[0])]
    }
    try value.checkKeys()
    var tensors: [Tensor] = []
    for port in model.inputs {
      guard let column = value[port.name] else {
        throw HTTPError(
          .badRequest, "Missing named input: \(port.name) in 'inputs' object.")
      }
      tensors.append(try self.column(column, for: port))
    }
    return tensors
  }

  private func column(_ value: JSONValue, for port: ModelPort) throws(HTTPError) -> Tensor {
    let shape = try value.shape()
    try check(shape, for: port) { () throws(HTTPError) in
      try value.read(shape, as: port.elementType, into: nil)
    }
    let type = TensorType(shape, port.readType)
    let storage = TensorStorage(uninitialized: type.byteCount)
    try value.read(shape, as: port.elementType, into: storage.bytes)
    return Tensor(owning: type, storage)
  }

  /// One item of an input, with a first axis of 1; its numbers may be a flat list, as those of
  /// TensorFlow's examples are.
  func item(_ value: JSONValue, for port: ModelPort, at index: Int) throws(HTTPError) -> Tensor {
    do throws(HTTPError) {
      let found = try value.shape()
      let shape = itemShape(found, for: port)
      try check(shape, for: port) { () throws(HTTPError) in
        try value.read(found, as: port.elementType, into: nil)
      }
      let type = TensorType(shape, port.readType)
      let storage = TensorStorage(uninitialized: type.byteCount)
      try value.read(found, as: port.elementType, into: storage.bytes)
      return Tensor(owning: type, storage)
    } catch {
      throw HTTPError(error.status, "example \(index): \(error.message)")
    }
  }

  private func itemShape(_ found: Shape, for port: ModelPort) -> Shape {
    let sizes = port.shape.dropFirst().compactMap(\.self)
    let isFlat =
      found.rank == 1 && sizes.count == port.shape.count - 1
      && Shape(sizes).elementCount == found[0]
    return Shape([1] + (isFlat ? sizes : found.dimensions))
  }

  /// Throws where a model does not take a shape, or where there cannot be as many numbers in the
  /// text as the shape, judged by first elements, promises; `explain` finds the element at fault.
  func check(
    _ shape: Shape, for port: ModelPort, explain: () throws(HTTPError) -> Void
  ) throws(HTTPError) {
    guard port.accepts(shape) else {
      let error = PredictionError.inputShape(
        input: port.name, expected: port.shape, found: shape)
      throw HTTPError(.badRequest, error.description)
    }
    guard shape.elementCount(atMost: textCount) == nil else { return }
    try explain()
    throw HTTPError(.badRequest, "input \"\(port.name)\": lists are of different sizes")
  }
}

extension ModelPort {
  /// The element type that JSON is read as.
  var readType: ElementType {
    switch elementType {
    case .float16, .bfloat16: .float32
    default: elementType
    }
  }
}

extension Tensor {
  /// The tensor that was read into `storage`; strings are copied out of the request's memory.
  init(owning type: TensorType, _ storage: TensorStorage) {
    let tensor = Tensor(type, storage: storage)
    guard type.elementType == .string else {
      self = tensor
      return
    }
    self = tensor.withElements(as: TextElement.self) { Tensor(type.shape, texts: $0) }
  }
}

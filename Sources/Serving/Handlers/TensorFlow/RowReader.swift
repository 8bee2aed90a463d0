import Inference
import Tensors

/// Reads tensors in the row form: a list whose elements are items of a batch, either plain values
/// or objects of all inputs.
struct RowReader {
  let reader: InputReader
  let rows: JSONValue
  private let areObjects: Bool
  private let ports: [ModelPort]

  init(reader: InputReader, rows: JSONValue) throws(HTTPError) {
    self.reader = reader
    self.rows = rows
    ports = reader.model.inputs
    var isObject = false
    let isText = ports.count == 1 && ports[0].elementType == .string
    try rows.forEachElement { index, row in
      if index == 0 { isObject = row.kind == .object && !(isText && row.isCodedText) }
    }
    areObjects = isObject
    guard areObjects || ports.count == 1 else {
      throw HTTPError(
        .badRequest,
        "instances is a plain list, but expecting list of objects as multiple input tensors "
          + "required as per tensorinfo_map")
    }
  }

  /// A tensor for each of the model's inputs.
  func inputs() throws(HTTPError) -> [Tensor] {
    var builders: [TensorBuilder?] = ports.map { _ in nil }
    try rows.forEachElement { index, row throws(HTTPError) in
      if areObjects {
        try addObject(row, at: index, to: &builders)
      } else {
        guard row.kind != .object || row.isCodedText else {
          throw HTTPError(
            .badRequest,
            "Expecting value/list but got object at item \(index) of input list")
        }
        try add(row, at: index, key: nil, port: 0, to: &builders)
      }
    }
    return builders.compactMap { $0?.tensor }
  }

  private func addObject(
    _ row: JSONValue, at index: Int, to builders: inout [TensorBuilder?]
  ) throws(HTTPError) {
    guard row.kind == .object else {
      throw HTTPError(
        .badRequest, "Expecting object but got list at item \(index) of input list")
    }
    var seen = Set<Int>()
    var added = builders
    try row.forEachMember { key, value throws(HTTPError) in
      guard let port = ports.firstIndex(where: { $0.name == key }) else {
        throw Self.error(
          index, key, "JSON object: does not have named input: \(key)")
      }
      guard seen.insert(port).inserted else {
        throw Self.error(index, key, "the key is given more than once")
      }
      try add(value, at: index, key: key, port: port, to: &added)
    }
    guard seen.count == ports.count else {
      let names = ports.map(\.name).sorted().joined(separator: ",")
      throw HTTPError(
        .badRequest,
        "Failed to process element: \(index) of 'instances' list. JSON object: \(row.text) keys "
          + "must be equal to: \(names)")
    }
    builders = added
  }

  /// Reads one item of one input.
  private func add(
    _ value: JSONValue, at index: Int, key: String?, port: Int,
    to builders: inout [TensorBuilder?]
  ) throws(HTTPError) {
    do throws(HTTPError) {
      let shape = try value.shape()
      if builders[port] == nil {
        let whole = Shape([rows.count] + shape.dimensions)
        try reader.check(whole, for: ports[port]) { () throws(HTTPError) in
          try checkAll(like: shape, port)
        }
        builders[port] = TensorBuilder(TensorType(whole, ports[port].readType))
      }
      try builders[port]?.add(value, shape, as: ports[port].elementType, at: index)
    } catch {
      throw Self.error(index, key, error.message)
    }
  }

  /// Finds the first item whose shape is not `shape`, without room for the numbers.
  private func checkAll(like shape: Shape, _ port: Int) throws(HTTPError) {
    try rows.forEachElement { index, row throws(HTTPError) in
      guard let value = areObjects ? row[ports[port].name] : row else { return }
      do throws(HTTPError) {
        let found = try value.shape()
        try TensorBuilder.compare(found, with: shape)
        try value.read(shape, as: ports[port].elementType, into: nil)
      } catch {
        throw Self.error(index, areObjects ? ports[port].name : nil, error.message)
      }
    }
  }

  private static func error(_ index: Int, _ key: String?, _ reason: String) -> HTTPError {
    // An error of an item is told once.
    guard !reason.hasPrefix("Failed to process element") else {
      return HTTPError(.badRequest, reason)
    }
    let name = key.map { " key: \($0)" } ?? ""
    return HTTPError(
      .badRequest,
      "Failed to process element: \(index)\(name) of 'instances' list. Error: INVALID_ARGUMENT: "
        + reason)
  }
}

/// A tensor that is filled item by item.
private struct TensorBuilder {
  private let type: TensorType
  private let itemShape: Shape
  private let storage: TensorStorage

  init(_ type: TensorType) {
    self.type = type
    itemShape = Shape(Array(type.shape.dimensions.dropFirst()))
    storage = TensorStorage(uninitialized: type.byteCount)
  }

  var tensor: Tensor { Tensor(owning: type, storage) }

  func add(_ value: JSONValue, _ shape: Shape, as elementType: ElementType, at index: Int)
    throws(HTTPError)
  {
    try Self.compare(shape, with: itemShape)
    let size = itemShape.elementCount * type.elementType.byteCount
    let bytes = storage.bytes[(index * size)..<((index + 1) * size)]
    try value.read(
      itemShape, as: elementType, into: UnsafeMutableRawBufferPointer(rebasing: bytes))
  }

  static func compare(_ found: Shape, with expected: Shape) throws(HTTPError) {
    let (size, wanted) = (found.elementCount, expected.elementCount)
    guard size == wanted else {
      throw HTTPError(.badRequest, "Expecting tensor size: \(wanted) but got: \(size)")
    }
    guard found == expected else {
      throw HTTPError(
        .badRequest,
        "Expecting shape \(list(expected)) but got: \(list(found))")
    }
  }

  private static func list(_ shape: Shape) -> String {
    "[" + shape.dimensions.map(String.init).joined(separator: ",") + "]"
  }
}

extension JSONValue {
  /// Whether the value is the bytes of a string, `{"b64": "…"}`.
  fileprivate var isCodedText: Bool { kind == .object && count == 1 && self["b64"] != nil }
}

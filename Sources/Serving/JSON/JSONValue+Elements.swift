import CSimdJSON
import Tensors

extension JSONValue {
  /// The most lists that may nest in a tensor.
  private static let rankLimit = 32

  /// The sizes of nested lists, judged by the first element of each; empty for a single value.
  func shape() throws(HTTPError) -> Shape {
    var sizes = [Int](repeating: 0, count: Self.rankLimit)
    let rank = kjson_shape(node, &sizes, sizes.count)
    guard rank <= sizes.count else {
      throw HTTPError(
        .badRequest, "Encountered list at unexpected level: \(rank) expected < \(sizes.count)")
    }
    return Shape(Array(sizes[..<rank]))
  }

  /// Reads nested lists of exactly the given shape into `bytes`, which has room for its elements.
  ///
  /// Where `bytes` is nil, they are only checked. Halves are read as single precision. Strings stay in the text's memory.
  func read(
    _ shape: Shape, as elementType: ElementType, into bytes: UnsafeMutableRawBufferPointer?
  ) throws(HTTPError) {
    let (element, name) = Self.type(of: elementType)
    var mismatch = kjson_mismatch()
    let isRead = shape.dimensions.withUnsafeBufferPointer { sizes in
      kjson_read(node, element, sizes.baseAddress, sizes.count, bytes?.baseAddress, &mismatch)
    }
    if !isRead { throw Self.error(mismatch, rank: shape.rank, typeName: name) }
  }

  /// An error in TensorFlow Serving's words.
  private static func error(_ mismatch: kjson_mismatch, rank: Int, typeName: String) -> HTTPError {
    let value = JSONValue(node: mismatch.node)
    let level = mismatch.level
    let message =
      switch mismatch.difference {
      case KJSON_LIST_EXPECTED:
        "JSON Value: \(value.text) found at incorrect level: \(level + 1) in the JSON DOM. "
          + "Expected at level: \(rank)"
      case KJSON_LIST_TOO_DEEP:
        "Encountered list at unexpected level: \(level) expected < \(rank)"
      case KJSON_WRONG_SIZE:
        "Encountered list at unexpected size: \(mismatch.found) at level: \(level) "
          + "expected size: \(mismatch.expected)"
      case _ where typeName == "string" && value["b64"] != nil:
        "Unable to base64 decode: \(value.text)"
      default:
        "JSON Value: \(value.text) Type: \(value.kind.rawValue) is not of expected type: "
          + typeName
      }
    return HTTPError(.badRequest, message)
  }

  /// How an element type is read, and TensorFlow's name of it.
  private static func type(of type: ElementType) -> (kjson_element, String) {
    switch type {
    case .float32, .float16, .bfloat16: (KJSON_FLOAT32, "float")
    case .float64: (KJSON_FLOAT64, "double")
    case .int8: (KJSON_INT8, "int8")
    case .int16: (KJSON_INT16, "int16")
    case .int32: (KJSON_INT32, "int32")
    case .int64: (KJSON_INT64, "int64")
    case .uint8: (KJSON_UINT8, "uint8")
    case .uint16: (KJSON_UINT16, "uint16")
    case .uint32: (KJSON_UINT32, "uint32")
    case .uint64: (KJSON_UINT64, "uint64")
    case .bool: (KJSON_BOOL, "bool")
    case .string: (KJSON_TEXT, "string")
    }
  }
}

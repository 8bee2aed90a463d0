/// One entry of `expected.json`.
struct ExpectedFile: Decodable {
  struct Dataset: Decodable {
    let type: String
    let shape: [Int]
    let values: [Scalar]
    /// The values of an opaque type that holds bfloat16.
    let bfloat16: [Scalar]?
  }

  let datasets: [String: Dataset]?
  let attributes: [String: [String: AttributeValue]]?
  let groups: [String: [String]]?
  let refused: [String: String]?
  let unsupported: [String: String]?
  let invalid: String?
}

/// A value as JSON has it; what JSON has no number for is a string.
struct Scalar: Decodable {
  let integer: Int64?
  let unsigned: UInt64?
  let float: Double?
  let bool: Bool?
  let text: String?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    integer = try? container.decode(Int64.self)
    unsigned = try? container.decode(UInt64.self)
    bool = try? container.decode(Bool.self)
    text = try? container.decode(String.self)
    let named: Double? =
      switch text {
      case "nan": .nan
      case "inf": .infinity
      case "-inf": -.infinity
      default: nil
      }
    float = named ?? (try? container.decode(Double.self))
  }
}

/// The value of an attribute: one scalar, a list, or a text that is described only.
enum AttributeValue: Decodable {
  case scalar(Scalar)
  case list([Scalar])
  case repeated(String, length: Int)

  private struct Repetition: Decodable {
    let length: Int
    let `repeat`: String
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let list = try? container.decode([Scalar].self) {
      self = .list(list)
    } else if let repetition = try? container.decode(Repetition.self) {
      self = .repeated(repetition.repeat, length: repetition.length)
    } else {
      self = .scalar(try container.decode(Scalar.self))
    }
  }
}

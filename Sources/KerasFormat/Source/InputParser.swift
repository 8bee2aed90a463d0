import ModelFormat
import Tensors

/// Reads what an `InputLayer`, or a first layer with an input shape, says about its input.
struct InputParser {
  /// Where problems and applied rules are told.
  let report: ImportReport

  /// The input that the options describe; `path` names the layer in problems.
  func input(_ options: [String: JSONValue], path: String) -> SourceInput {
    if options["ragged"]?.bool == true {
      report.unsupported(
        path, "InputLayer", option: "ragged", reason: "the input's rows differ in length")
    }
    if options["sparse"]?.bool == true { report.note(.sparseInputsDense) }
    return SourceInput(
      shape: shape(options), elementType: elementType(options["dtype"] ?? .null, path: path))
  }

  /// The shape with the batch axis, from whichever option gives it.
  func shape(_ options: [String: JSONValue]) -> [Int?]? {
    for key in ["batch_shape", "batch_input_shape", "build_input_shape"] {
      if let shape = list(options[key]), !shape.isEmpty { return shape }
    }
    for key in ["shape", "input_shape"] {
      if let shape = list(options[key]) { return [nil] + shape }
    }
    return nil
  }

  private func list(_ json: JSONValue?) -> [Int?]? {
    guard let sizes = json.map(SerializedValues.unwrapped)?.array else { return nil }
    guard sizes.allSatisfy({ $0.isNull || ($0.int ?? -1) >= 0 }) else { return nil }
    return sizes.map(\.int)
  }

  private func elementType(_ json: JSONValue, path: String) -> ElementType {
    guard let name = json.string else { return .float32 }
    if let type = ElementType(rawValue: name) { return type }
    if DTypePolicy.floatingPointName(json) == nil {
      report.unsupported(path, "InputLayer", option: "dtype", reason: "inputs of type \"\(name)\"")
    }
    return .float32
  }
}

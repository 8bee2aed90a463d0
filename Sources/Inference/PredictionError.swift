public import ModelFormat
public import Tensors

/// Why a prediction could not be made.
public enum PredictionError: Error, Hashable, Sendable {
  /// The model takes another number of inputs.
  case inputCount(expected: Int, found: Int)
  /// An input has a shape that the model does not take.
  case inputShape(input: String, expected: [Int?], found: Shape)
  /// An input holds numbers where the model takes strings, or strings where it takes numbers.
  case inputElements(input: String, expected: ElementType, found: ElementType)
  /// The graph has no value of this name.
  case unknownValue(String)
  /// A layer cannot compute with the numbers that it is given.
  case value(layer: String, className: String, reason: String)
  /// The model cannot be computed for inputs of these shapes.
  case problem(ModelProblem)
}

extension PredictionError: CustomStringConvertible {
  /// The error on one line: what, where, expected, found.
  public var description: String {
    switch self {
    case .inputCount(let expected, let found):
      return "expected \(expected) input\(expected == 1 ? "" : "s"), found \(found)"
    case .inputShape(let input, let expected, let found):
      let sizes = expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      return "input \"\(input)\": expected shape (\(sizes)), found \(found)"
    case .inputElements(let input, let expected, let found):
      return "input \"\(input)\": expected elements of type \(expected.rawValue), "
        + "found \(found.rawValue)"
    case .unknownValue(let name):
      return "the model has no layer \"\(name)\""
    case .value(let layer, let className, let reason):
      return "layer \"\(layer)\" (\(className)): \(reason)"
    case .problem(let problem):
      return problem.description
    }
  }
}

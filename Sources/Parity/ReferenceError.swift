/// Why reference cases cannot be compared with a model.
public enum ReferenceError: Error, Hashable, Sendable {
  /// A tensor's name begins with none of the groups.
  case strayTensor(String)
  /// The file has no `inputs`.
  case noInputs
  /// The file has neither `outputs` nor `activations`.
  case nothingToCompare
  /// The file has no array for one of the model's inputs.
  case missingInput(String, found: [String])
}

extension ReferenceError: CustomStringConvertible {
  /// The error on one line.
  public var description: String {
    switch self {
    case .strayTensor(let name):
      return "array \"\(name)\": expected a name that begins with \"inputs/\", \"outputs/\", "
        + "\"activations/\" or \"predictions/\""
    case .noInputs: return "no array \"inputs/…\": there is nothing to run the model on"
    case .nothingToCompare: return "neither \"outputs/…\" nor \"activations/…\" to compare with"
    case .missingInput(let name, let found):
      let names = found.map { "\"inputs/\($0)\"" }.joined(separator: ", ")
      return "no array \"inputs/\(name)\" for the model's input \"\(name)\", found \(names)"
    }
  }
}

public import Tensors

/// What Keras computed for some inputs: the inputs, the outputs and any layers' activations.
public struct ReferenceCases: Sendable {
  /// The inputs by the names of the input layers; the first axis is the batch.
  public let inputs: [String: Tensor]
  /// The outputs by the names of the layers that give them.
  public let outputs: [String: Tensor]
  /// The activations by the names of the layers.
  public let activations: [String: Tensor]

  /// Cases from the tensors of a reference file, named `inputs/…`, `outputs/…`, `activations/…`.
  ///
  /// Where there are `predictions/…`, those are the outputs, and `outputs/…` are labels that nobody
  /// computed.
  public init(_ tensors: [String: Tensor]) throws(ReferenceError) {
    var groups: [String: [String: Tensor]] = [:]
    for (name, tensor) in tensors {
      let parts = name.split(separator: "/", maxSplits: 1)
      guard parts.count == 2, Self.groups.contains(String(parts[0])) else {
        throw .strayTensor(name)
      }
      groups[String(parts[0]), default: [:]][String(parts[1])] = tensor
    }
    inputs = groups["inputs"] ?? [:]
    outputs = groups["predictions"] ?? groups["outputs"] ?? [:]
    activations = groups["activations"] ?? [:]
    guard !inputs.isEmpty else { throw .noInputs }
    guard !outputs.isEmpty || !activations.isEmpty else { throw .nothingToCompare }
  }

  /// The cases as the tensors of a reference file.
  public var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (group, members) in [
      ("inputs", inputs), ("outputs", outputs), ("activations", activations),
    ] {
      for (name, tensor) in members { tensors["\(group)/\(name)"] = tensor }
    }
    return tensors
  }

  /// The number of cases, which is the size of the inputs' first axis.
  public var count: Int { inputs.values.first.map { $0.shape.rank > 0 ? $0.shape[0] : 1 } ?? 0 }

  private static let groups: Set = ["inputs", "outputs", "activations", "predictions"]
}

public import Tensors

/// One value of a model, compared with what Keras computed.
public struct ParityRow: Hashable, Sendable {
  /// What the value is to the model.
  public enum Kind: String, Sendable {
    /// A layer's output.
    case activation
    /// An output of the model.
    case output
  }

  /// How the comparison went.
  public enum Result: Hashable, Sendable {
    /// The values were compared.
    case compared(Closeness)
    /// The values could not be compared, for the given reason.
    case failed(String)
  }

  /// The layer's or output's name.
  public let name: String
  /// What the value is to the model.
  public let kind: Kind
  /// The class of the layer that gives the value; nil for an input's value.
  public let className: String?
  /// The reference's shape.
  public let shape: Shape
  /// How the comparison went.
  public let result: Result
  /// Of an output of classes' probabilities: the cases whose most probable class is the same.
  public let sameClassCount: Int?

  /// The comparison's figures, where there are any.
  public var closeness: Closeness? {
    guard case .compared(let closeness) = result else { return nil }
    return closeness
  }

  /// Whether the value lies within the tolerance.
  public var passes: Bool { closeness?.isClose ?? false }

  /// Where and how far the value is off.
  public var explanation: String {
    let place = kind == .output ? "output \"\(name)\"" : "layer \"\(name)\""
    let subject = place + (className.map { " (\($0))" } ?? "")
    switch result {
    case .failed(let reason): return "\(subject): \(reason)"
    case .compared(let closeness):
      guard let index = closeness.worstIndex else { return "\(subject): no elements" }
      let list = index.map(String.init).joined(separator: ", ")
      return "\(subject): \(closeness.countBeyond) of \(closeness.count) elements are off; "
        + "at [\(list)] expected \(Float(closeness.reference)), found \(Float(closeness.value))"
    }
  }
}

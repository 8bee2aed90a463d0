import Tensors

/// A model's values beside Keras's.
public struct ParityReport: Sendable {
  /// The model's name.
  public let model: String
  /// The number of cases, the first axis of the inputs.
  public let cases: Int
  /// What was allowed.
  public let tolerance: ParityTolerance
  /// The layers in the order in which the model runs them, then the outputs.
  public let rows: [ParityRow]
  /// The activations of the reference that the model has no value for.
  public let notCompared: [String]

  /// Whether every value lies within the tolerance.
  public var passes: Bool { !rows.isEmpty && rows.allSatisfy(\.passes) }

  /// The first value that does not, in the order in which the model runs.
  public var firstDivergence: ParityRow? { rows.first { !$0.passes } }

  /// The largest difference of any element.
  public var maxAbsolute: Double { rows.compactMap(\.closeness?.maxAbsolute).max() ?? 0 }

  /// The largest difference relative to the largest magnitude of its value.
  public var maxRelativeToScale: Double {
    rows.compactMap(\.closeness?.maxRelativeToScale).max() ?? 0
  }

  /// The result in one sentence.
  public var verdict: String {
    guard let first = firstDivergence else {
      return "\(rows.count) of \(rows.count) values agree with Keras on \(cases) "
        + (cases == 1 ? "case" : "cases")
    }
    let failures = rows.count { !$0.passes }
    return "\(failures) of \(rows.count) values differ from Keras, first \(first.explanation)"
  }
}

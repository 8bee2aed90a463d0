public import ModelFormat

/// A model as it was read from a Keras file, with everything that speaks against using it.
public struct ImportedModel: Sendable {
  /// The model, as far as the file describes it.
  public var contents: ModelContents
  /// Every problem found; a model with problems can be shown, but must not be run.
  public var problems: [ModelProblem]
  /// Whether the weights could be read at all: if not, every layer lacks them.
  public internal(set) var hasWeights = true

  /// A model of the given contents and problems.
  public init(contents: ModelContents, problems: [ModelProblem] = []) {
    self.contents = contents
    self.problems = problems
  }

  /// The contents of a model without problems.
  public func sound() throws(ModelProblems) -> ModelContents {
    guard problems.isEmpty else { throw ModelProblems(problems) }
    return contents
  }
}

import ModelFormat

/// What an import has to tell beside the model: its problems and the rules it went by, each once.
final class ImportReport {
  /// The problems in the order in which they were met.
  private(set) var problems: [ModelProblem] = []
  /// The rules as sentences, in the order in which they were first applied.
  private(set) var rules: [String] = []
  private var known: Set<ModelProblem> = []

  /// Adds a problem, unless it is known.
  func add(_ problem: ModelProblem) {
    if known.insert(problem).inserted { problems.append(problem) }
  }

  /// Adds a problem that makes the file invalid; an empty name stands for the outermost model.
  func invalid(
    _ layer: String, _ className: String? = nil, option: String? = nil, reason: String
  ) {
    let layer = layer.isEmpty ? nil : layer
    add(
      ModelProblem(.invalid, layer: layer, className: className, option: option, reason: reason))
  }

  /// Adds a thing that KerasKit does not do; an empty name stands for the outermost model.
  func unsupported(
    _ layer: String, _ className: String? = nil, option: String? = nil, reason: String
  ) {
    let layer = layer.isEmpty ? nil : layer
    add(
      ModelProblem(
        .unsupported, layer: layer, className: className, option: option, reason: reason))
  }

  /// Whether one of these options of a layer is not supported.
  func hasRefused(_ options: Set<String>, of layer: String) -> Bool {
    problems.contains { problem in
      problem.kind == .unsupported && problem.layer == layer
        && problem.option.map(options.contains) == true
    }
  }

  /// Notes that a rule was applied.
  func note(_ rule: ImportRule) {
    if !rules.contains(rule.sentence) { rules.append(rule.sentence) }
  }
}

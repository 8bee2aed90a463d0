import ModelFormat

/// A file whose model cannot be used, and every reason.
struct ModelFailure: Error {
  /// The model's file.
  let path: String
  /// The reasons, at least one.
  let problems: [ModelProblem]

  init(_ path: String, _ problems: [ModelProblem]) {
    self.path = path
    self.problems = problems
  }

  /// What is not there yet is a check that failed; what is damaged is a bad file.
  var status: ExitStatus {
    problems.contains { $0.kind == .unsupported } ? .checkFailed : .badFile
  }

  /// The problems, one line each; what many layers of one class have alike is one line.
  var messages: [String] {
    let alike = Dictionary(grouping: problems, by: Kind.init)
    var told: Set<Kind> = []
    return problems.compactMap { problem in
      let kind = Kind(problem)
      let layers = (alike[kind] ?? []).compactMap(\.layer)
      guard layers.count > Self.mostNamed else { return "\"\(path)\": \(problem)" }
      return told.insert(kind).inserted ? "\"\(path)\": \(Self.line(of: problem, in: layers))" : nil
    }
  }

  /// How many layers a line names.
  private static let mostNamed = 8

  /// What problems are alike in.
  private struct Kind: Hashable {
    let className: String?
    let option: String?
    let reason: String

    init(_ problem: ModelProblem) {
      className = problem.className
      option = problem.option
      reason = problem.reason
    }
  }

  /// `layers "a", "b" and 7 more (Conv2D), "option": reason`.
  private static func line(of problem: ModelProblem, in layers: [String]) -> String {
    let named = layers.prefix(mostNamed).map { "\"\($0)\"" }.joined(separator: ", ")
    return "layers \(named) and \(layers.count - mostNamed) more"
      + (problem.className.map { " (\($0))" } ?? "") + (problem.option.map { ", \"\($0)\"" } ?? "")
      + ": \(problem.reason)"
  }

  /// The problems as JSON.
  var json: JSONValue {
    .array(
      problems.map { problem in
        .object([
          "kind": .string(problem.kind.rawValue),
          "layer": problem.layer.map { .string($0) } ?? .null,
          "class_name": problem.className.map { .string($0) } ?? .null,
          "option": problem.option.map { .string($0) } ?? .null,
          "reason": .string(problem.reason),
        ])
      })
  }
}

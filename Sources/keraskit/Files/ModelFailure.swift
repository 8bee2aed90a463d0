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

  /// The problems, one line each.
  var messages: [String] { problems.map { "\"\(path)\": \($0)" } }

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

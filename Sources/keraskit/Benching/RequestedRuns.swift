import Inference
import ModelFormat
import Tensors

/// Predictions timed on request, so that another program can measure several runtimes by turns.
///
/// The first line of output is an object that tells that the model is ready; then every line of
/// input holding a number N is answered with one line of N seconds.
struct RequestedRuns {
  private let model: Model
  private let inputs: [Tensor]
  private let programBytes: Int
  private static let mostRuns = 1_000_000

  /// Runs of a model, before which the program alone took `programBytes` of memory.
  ///
  /// - Throws: Why no inputs can be made up.
  init(_ model: Model, batch: Int, programBytes: Int) throws {
    self.model = model
    self.programBytes = programBytes
    inputs = try MadeUpInputs.make(for: model, batch: batch)
  }

  /// Answers all lines of standard input.
  ///
  /// - Parameter load: Measures since the program began to load the model.
  /// - Throws: What a line holds in place of a number.
  func run(load: Stopwatch) throws {
    _ = try model.predict(inputs)
    let ready = load.seconds
    try WarmUp.run { _ = try model.predict(inputs) }
    let first: JSONValue = .object([
      "first_answer_ms": .double(ready * 1000), "kernels": .string(CPUKernels.active.name),
      "imported_bytes": .int(programBytes),
    ])
    try Terminal.print(first.canonicalText)
    while let line = readLine() {
      guard let count = Int(line), (1...Self.mostRuns).contains(count) else {
        throw Failure(
          .badFile,
          "standard input: expected a number from 1 to \(Self.mostRuns), found \"\(line)\"")
      }
      try Terminal.print(times(count))
    }
  }

  private func times(_ count: Int) throws -> String {
    var seconds: [Double] = []
    seconds.reserveCapacity(count)
    for _ in 0..<count {
      let watch = Stopwatch()
      _ = try model.predict(inputs)
      seconds.append(watch.seconds)
    }
    return seconds.map { Figures.formatted("%.9f", $0) }.joined(separator: " ")
  }
}

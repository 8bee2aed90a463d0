import Inference
import ModelFormat
import Tensors

/// `keraskit bench`: how fast a model predicts.
struct BenchCommand: Command {
  private static let batch = Option("batch", value: "N", help: "items in a prediction (1)")
  private static let threads = Option("threads", value: "T", help: "threads to use (all)")
  private static let seconds = Option("seconds", value: "S", help: "how long to measure (2)")

  static let usage = CommandUsage(
    name: "bench", summary: "measure how fast a model predicts", operands: "MODEL",
    operandCount: 1...1, options: [batch, threads, seconds, .json],
    details: [
      """
      Inputs are made up. The peak is what this machine's processors do in registers alone, measured
      on as many threads.
      """
    ])

  private let model: String
  private let batch: Int
  private let threads: Int
  private let seconds: Double
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.operands[0]
    batch = try arguments.int(Self.batch, in: 1...1_000_000) ?? 1
    threads = try arguments.int(Self.threads, in: 1...1024) ?? WorkerPool.processorCount
    seconds = try arguments.double(Self.seconds) ?? 2
    isJSON = arguments.has(.json)
  }

  func run() throws -> ExitStatus {
    let watch = Stopwatch()
    let model = try ModelFile(path: model).model(threads: threads)
    let loadSeconds = watch.seconds
    Terminal.progress("measuring for \(seconds) s")
    let benchmark = try Benchmark(
      model, batch: batch, threads: threads, seconds: seconds, loadSeconds: loadSeconds)
    Terminal.progress("")
    try Terminal.print(isJSON ? benchmark.json.canonicalText : benchmark.text)
    return .done
  }
}

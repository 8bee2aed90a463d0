import Inference
import ModelFormat
import Tensors

/// `keraskit bench`: how fast a model predicts.
struct BenchCommand: Command {
  private static let batch = Option("batch", value: "N", help: "items in a prediction (1)")
  private static let threads = Option("threads", value: "T", help: "threads to use (all)")
  private static let seconds = Option("seconds", value: "S", help: "how long to measure (2)")
  private static let profile = Option("profile", help: "tell the time of every step")
  private static let inOrder = Option(
    "in-order", help: "list steps as they run, not the slowest first")
  private static let trace = Option(
    "trace", value: "FILE", help: "write some runs' steps as a Chrome trace")
  private static let requests = Option(
    "requests", help: "for each number N on standard input, print N times")

  static let usage = CommandUsage(
    name: "bench", summary: "measure how fast a model predicts", operands: "MODEL",
    operandCount: 1...1,
    options: [
      batch, threads, seconds, profile, inOrder, trace, requests, .exact,
    ] + KerasSource.Hints.options + [.json],
    details: [
      """
      Inputs are made up. The peak is what this machine's processors do in registers alone, measured
      on as many threads.
      """,
      """
      A profile's times are medians; multiply-adds and bytes (inputs, weights, outputs) are those
      of the items that are computed together: a batch is cut into pieces for the threads.
      A trace opens in Chrome's about:tracing or in Perfetto.
      """,
      """
      With --requests, the first line tells as JSON that the model is ready; each line of standard
      input that holds a number N is answered with one line: the seconds of N predictions.
      """,
    ])

  private let model: String
  private let hints: KerasSource.Hints
  private let batch: Int
  private let threads: Int
  private let seconds: Double
  private let isProfiled: Bool
  private let isInOrder: Bool
  private let traceFile: String?
  private let isRequested: Bool
  private let isExact: Bool
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.operands[0]
    hints = try KerasSource.Hints(arguments)
    batch = try arguments.int(Self.batch, in: 1...1_000_000) ?? 1
    threads = try arguments.int(Self.threads, in: 1...1024) ?? WorkerPool.processorCount
    seconds = try arguments.double(Self.seconds) ?? 2
    isProfiled = arguments.has(Self.profile)
    isInOrder = arguments.has(Self.inOrder)
    traceFile = arguments.value(of: Self.trace)
    isRequested = arguments.has(Self.requests)
    isExact = arguments.has(.exact)
    isJSON = arguments.has(.json)
    if isInOrder, !isProfiled { throw UsageError("\"--in-order\" needs \"--profile\"") }
    if isRequested, isProfiled || traceFile != nil || isJSON || arguments.has(Self.seconds) {
      throw UsageError("\"--requests\" goes with \"--batch\" and \"--threads\" alone")
    }
  }

  func run() throws -> ExitStatus {
    let programBytes = PeakMemory.bytes
    let watch = Stopwatch()
    let model = try ModelFile(path: model, hints: hints).model(threads: threads, exact: isExact)
    if isRequested {
      try RequestedRuns(model, batch: batch, programBytes: programBytes).run(load: watch)
      return .done
    }
    let loadSeconds = watch.seconds
    Terminal.progress("measuring for \(seconds) s")
    let benchmark = try Benchmark(
      model, batch: batch, threads: threads, seconds: seconds, loadSeconds: loadSeconds)
    let steps = try profiled(model, benchmark)
    Terminal.progress("")
    if isJSON {
      var json = benchmark.json
      if isProfiled { json["steps"] = steps?.json }
      try Terminal.print(JSONValue.object(json).canonicalText)
    } else {
      try Terminal.print(benchmark.text)
      if isProfiled, let steps { try Terminal.print(steps.text(inOrder: isInOrder)) }
    }
    return .done
  }

  /// The steps' times, where they are asked for; writes the trace.
  private func profiled(_ model: Model, _ benchmark: Benchmark) throws -> StepBenchmark? {
    guard isProfiled || traceFile != nil else { return nil }
    let steps = try StepBenchmark(
      model, batch: batch, seconds: seconds, peakRate: benchmark.peakRate)
    if let traceFile {
      try AtomicFile.write(Array(steps.trace.canonicalText.utf8), to: traceFile)
    }
    return steps
  }
}

import Inference
import ModelFormat
import Tensors

/// How fast a model predicts.
struct Benchmark {
  let batch: Int
  let threads: Int
  /// The seconds of each prediction, from the shortest to the longest.
  let times: [Double]
  let loadSeconds: Double
  /// The multiplications with an addition for one item.
  let multiplyAdds: Int
  /// The multiply-adds a second that this machine reached on as many threads.
  let peakRate: Double

  private static let mostRuns = 10_000_000

  /// Predicts a batch over and over for `seconds`, after a warm-up.
  init(
    _ model: Model, batch: Int, threads: Int, seconds: Double, loadSeconds: Double
  ) throws(PredictionError) {
    self.batch = batch
    self.threads = threads
    self.loadSeconds = loadSeconds
    multiplyAdds = model.summary().multiplyAdds ?? 0
    let inputs = try MadeUpInputs.make(for: model, batch: batch)
    try WarmUp.run { () throws(PredictionError) in _ = try model.predict(inputs) }
    var times: [Double] = []
    let total = Stopwatch()
    while times.isEmpty || total.seconds < seconds, times.count < Self.mostRuns {
      let watch = Stopwatch()
      _ = try model.predict(inputs)
      times.append(watch.seconds)
    }
    self.times = times.sorted()
    peakRate = PeakRate.measure(threads: threads)
  }
}

extension Benchmark {
  /// The time that a share of all predictions does not exceed, in milliseconds.
  func milliseconds(quantile: Double) -> Double {
    times[min(times.count - 1, Int(Double(times.count) * quantile))] * 1000
  }

  var itemsPerSecond: Double { Double(batch * times.count) / times.reduce(0, +) }
  var multiplyAddsPerSecond: Double { itemsPerSecond * Double(multiplyAdds) }
  var peakShare: Double { multiplyAddsPerSecond / peakRate }

  var text: String {
    let rate = Figures.formatted("%.4g G multiply-adds/s", multiplyAddsPerSecond / 1e9)
    let peak = Figures.formatted("%.4g G multiply-adds/s", peakRate / 1e9)
    let share = Figures.formatted("%.1f %%", peakShare * 100)
    return [
      ("median", Figures.formatted("%.4g ms", milliseconds(quantile: 0.5))),
      ("p99", Figures.formatted("%.4g ms", milliseconds(quantile: 0.99))),
      ("throughput", Figures.formatted("%.6g items/s", itemsPerSecond) + ", \(rate)"),
      ("peak", "\(share) of the \(peak) measured on \(threads) threads"),
      ("memory", "\(Figures.bytes(PeakMemory.bytes)) at most"),
      ("load", Figures.formatted("%.4g ms", loadSeconds * 1000)),
      ("runs", "\(Figures.grouped(times.count)) of batch \(batch), \(CPUKernels.active) kernels"),
    ].map { Style.bold($0.0.padding(to: 12)) + $0.1 }.joined(separator: "\n")
  }

  var json: [String: JSONValue] {
    [
      "median_ms": .double(milliseconds(quantile: 0.5)),
      "p99_ms": .double(milliseconds(quantile: 0.99)),
      "items_per_second": .double(itemsPerSecond),
      "multiply_adds": .int(multiplyAdds),
      "multiply_adds_per_second": .double(multiplyAddsPerSecond),
      "peak_multiply_adds_per_second": .double(peakRate),
      "peak_share": .double(peakShare),
      "peak_rss_bytes": .int(PeakMemory.bytes),
      "load_ms": .double(loadSeconds * 1000),
      "batch": .int(batch),
      "threads": .int(threads),
      "runs": .int(times.count),
      "kernels": .string(CPUKernels.active.name),
    ]
  }
}

import Inference
import ModelFormat
import Tensors

/// How long each step of a prediction takes.
struct StepBenchmark {
  /// One step's figures.
  struct Row {
    let step: StepProfiler.Step
    /// The median of all runs.
    let seconds: Double
    /// The part of the time of all steps.
    let share: Double
    /// The part of this machine's peak of multiply-adds that the step reaches.
    let peakShare: Double
  }

  /// The steps in the order in which they run.
  let rows: [Row]
  /// The moments of some runs, for a trace.
  let tracedRuns: [[Double]]
  /// The items that one run computes.
  let batch: Int

  private static let mostRuns = 20_000
  private static let mostTracedRuns = 20

  /// Runs a batch step by step for `seconds`, after a warm-up.
  init(
    _ model: Model, batch: Int, seconds: Double, peakRate: Double
  ) throws(PredictionError) {
    let profiler = try model.profiler(try MadeUpInputs.make(for: model, batch: batch))
    self.batch = profiler.batch
    WarmUp.run { _ = profiler.run(clock: Stopwatch.now) }
    var runs: [[Double]] = []
    let total = Stopwatch()
    while runs.isEmpty || total.seconds < seconds, runs.count < Self.mostRuns {
      runs.append(profiler.run(clock: Stopwatch.now))
    }
    tracedRuns = Array(runs.suffix(Self.mostTracedRuns))
    let medians = profiler.steps.indices.map { step in
      runs.map { $0[step + 1] - $0[step] }.sorted()[runs.count / 2]
    }
    let sum = max(medians.reduce(0, +), .leastNormalMagnitude)
    rows = zip(profiler.steps, medians).map { step, seconds in
      let rate = Double(step.multiplyAdds) / max(seconds, 1e-9)
      return Row(step: step, seconds: seconds, share: seconds / sum, peakShare: rate / peakRate)
    }
  }
}

extension StepBenchmark {
  /// The steps as a table, the slowest first unless they are to stand as they run.
  func text(inOrder: Bool) -> String {
    var table = TextTable([
      ("Step", .right), ("Layer", .left), ("Class", .left), ("Time", .right), ("Share", .right),
      ("Multiply-adds", .right), ("Peak", .right), ("Bytes", .right), ("Bytes/s", .right),
    ])
    var numbered = Array(rows.enumerated())
    if !inOrder { numbered.sort { $0.element.seconds > $1.element.seconds } }
    for (index, row) in numbered {
      let rate = Double(row.step.byteCount) / max(row.seconds, 1e-9)
      table.add([
        "\(index + 1)", row.step.name, row.step.className,
        Figures.formatted("%.4g ms", row.seconds * 1000),
        Figures.formatted("%.1f %%", row.share * 100), Figures.grouped(row.step.multiplyAdds),
        row.step.multiplyAdds > 0 ? Figures.formatted("%.0f %%", row.peakShare * 100) : "",
        Figures.bytes(row.step.byteCount), Figures.bytes(Int(rate)),
      ])
    }
    let sum = rows.reduce(0) { $0 + $1.seconds }
    return table.text
      + Figures.formatted("\nAll steps take %.4g ms", sum * 1000) + " for a batch of \(batch)."
  }

  /// The steps in the order in which they run.
  var json: JSONValue {
    .array(
      rows.map { row in
        .object([
          "name": .string(row.step.name), "class_name": .string(row.step.className),
          "median_ms": .double(row.seconds * 1000), "share": .double(row.share),
          "multiply_adds": .int(row.step.multiplyAdds), "peak_share": .double(row.peakShare),
          "bytes": .int(row.step.byteCount),
        ])
      })
  }

  /// Some runs in the format that Chrome's `about:tracing` and Perfetto read.
  var trace: JSONValue {
    let origin = tracedRuns.first?.first ?? 0
    func event(_ name: String, _ start: Double, _ end: Double, _ more: [String: JSONValue])
      -> JSONValue
    {
      .object(
        [
          "name": .string(name), "ph": .string("X"), "pid": .int(1), "tid": .int(1),
          "ts": .double((start - origin) * 1e6), "dur": .double((end - start) * 1e6),
        ].merging(more) { $1 })
    }
    var events: [JSONValue] = []
    for moments in tracedRuns {
      events.append(
        event("prediction", moments[0], moments[rows.count], ["cat": .string("prediction")]))
      for (index, row) in rows.enumerated() {
        events.append(
          event(
            row.step.name, moments[index], moments[index + 1],
            [
              "cat": .string(row.step.className),
              "args": .object([
                "class_name": .string(row.step.className),
                "multiply_adds": .int(row.step.multiplyAdds), "bytes": .int(row.step.byteCount),
              ]),
            ]))
      }
    }
    return .object(["displayTimeUnit": .string("ms"), "traceEvents": .array(events)])
  }
}

/// What a version of a model has done.
final class ModelStatistics: Sendable {
  /// A number of events and the nanoseconds that they took.
  struct Total: Equatable {
    var count = 0
    var nanoseconds: UInt64 = 0

    mutating func add(_ time: UInt64) {
      count += 1
      nanoseconds += time
    }
  }

  /// All figures at one moment.
  struct Figures {
    /// Predictions that succeeded, from arrival to outputs.
    var success = Total()
    /// Predictions that failed.
    var failure = Total()
    /// Time in the queue, of predictions that succeeded.
    var queue = Total()
    /// Time of computing, counted for each prediction.
    var compute = Total()
    /// Items computed.
    var items = 0
    /// Batches computed.
    var batches = 0
    /// Predictions refused because too many waited.
    var refusals = 0
    /// Predictions not computed because the client had gone.
    var abandonments = 0
    /// Computing by the size of the batch.
    var batchSizes: [Int: Total] = [:]
    /// The last prediction, in milliseconds since 1970; 0 for none.
    var lastMilliseconds: UInt64 = 0
    var queueSeconds = Histogram.seconds
    var computeSeconds = Histogram.seconds
    var sizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128])
  }

  private let state = Monitor(Figures())

  /// The figures so far.
  var figures: Figures { state.withLock { $0 } }

  /// A batch has been computed.
  func computed(_ batch: [PendingPrediction], from start: UInt64, to end: UInt64) {
    let now = unixMilliseconds()
    state.withLock { figures in
      var items = 0
      for prediction in batch {
        figures.success.add(end - prediction.arrival)
        figures.queue.add(start - min(start, prediction.arrival))
        figures.compute.add(end - start)
        figures.queueSeconds.add(Double(start - min(start, prediction.arrival)) / 1e9)
        items += prediction.itemCount ?? 1
      }
      figures.items += items
      figures.batches += 1
      figures.batchSizes[items, default: Total()].add(end - start)
      figures.computeSeconds.add(Double(end - start) / 1e9)
      figures.sizes.add(Double(items))
      figures.lastMilliseconds = now
    }
  }

  /// A prediction has failed, or came too late.
  func failed(_ prediction: PendingPrediction, at end: UInt64) {
    state.withLock { $0.failure.add(end - min(end, prediction.arrival)) }
  }

  /// A prediction was refused.
  func refused() {
    state.withLock { $0.refusals += 1 }
  }

  /// A client had gone before its prediction was computed.
  func abandoned() {
    state.withLock { $0.abandonments += 1 }
  }
}

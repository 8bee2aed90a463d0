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
    /// Time of joining inputs of several predictions, counted for each.
    var joining = Total()
    /// Time of computing, counted for each prediction.
    var compute = Total()
    /// Time of taking outputs apart, counted for each prediction.
    var parting = Total()
    /// Items computed.
    var items = 0
    /// Batches computed.
    var batches = 0
    /// Predictions refused because too many waited.
    var refusals = 0
    /// Predictions not computed because the client had gone.
    var abandonments = 0
    /// Predictions not computed because their time was over.
    var expirations = 0
    /// Joining, computing and taking apart by the size of the batch.
    var batchSizes: [Int: (joining: Total, compute: Total, parting: Total)] = [:]
    /// The last prediction, in milliseconds since 1970; 0 for none.
    var lastMilliseconds: UInt64 = 0
    var queueSeconds = Histogram.seconds
    var computeSeconds = Histogram.seconds
    var sizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128])
  }

  private let state = Monitor(Figures())

  /// The figures so far.
  var figures: Figures { state.withLock { $0 } }

  /// The moments at which the parts of a batch's work began, and when it was done, in
  /// ``monotonicNanoseconds()``.
  struct Moments {
    var joining: UInt64
    var compute: UInt64
    var parting: UInt64
    var end: UInt64
  }

  /// A batch has been computed.
  func computed(_ batch: [PendingPrediction], _ moments: Moments) {
    let now = unixMilliseconds()
    let joining = moments.compute - moments.joining
    let compute = moments.parting - moments.compute
    let parting = moments.end - moments.parting
    state.withLock { figures in
      var items = 0
      for prediction in batch {
        let queue = moments.joining - min(moments.joining, prediction.arrival)
        figures.success.add(moments.end - prediction.arrival)
        figures.queue.add(queue)
        figures.joining.add(joining)
        figures.compute.add(compute)
        figures.parting.add(parting)
        figures.queueSeconds.add(Double(queue) / 1e9)
        items += prediction.itemCount ?? 1
      }
      figures.items += items
      figures.batches += 1
      figures.batchSizes[items, default: (Total(), Total(), Total())].joining.add(joining)
      figures.batchSizes[items]?.compute.add(compute)
      figures.batchSizes[items]?.parting.add(parting)
      figures.computeSeconds.add(Double(compute) / 1e9)
      figures.sizes.add(Double(items))
      figures.lastMilliseconds = now
    }
  }

  /// A prediction has failed.
  func failed(_ prediction: PendingPrediction, at end: UInt64) {
    state.withLock { $0.failure.add(end - min(end, prediction.arrival)) }
  }

  /// A prediction's time was over before it was computed.
  func expired(_ prediction: PendingPrediction, at end: UInt64) {
    state.withLock { figures in
      figures.failure.add(end - min(end, prediction.arrival))
      figures.expirations += 1
    }
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

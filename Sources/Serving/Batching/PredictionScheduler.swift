import Tensors

/// Has workers compute what waits for models: a free one takes as many items as fit, in order.
final class PredictionScheduler: Sendable {
  private let workers: WorkQueue
  private let settings: BatchSettings

  init(_ workers: WorkQueue, _ settings: BatchSettings) {
    self.workers = workers
    self.settings = settings
  }

  /// Keeps a place for a prediction that is yet to be read.
  ///
  /// - Throws: ``HTTPError/overloaded`` where too many wait already: who is refused is told at once.
  func keepPlace(for version: ServedVersion) throws(HTTPError) {
    guard version.queue.keepPlace(limit: settings.queueLimit) else {
      version.statistics.refused()
      throw .overloaded
    }
  }

  /// Hands inputs to a model; `complete` takes the outputs, or why there are none.
  ///
  /// A prediction that `hasPlace` takes the place that was kept for it.
  ///
  /// - Throws: ``HTTPError/overloaded`` where too many wait already.
  func submit(
    _ inputs: [Tensor], to version: ServedVersion, timeoutMicroseconds: Int? = nil,
    hasPlace: Bool = false, isAbandoned: @escaping @Sendable () -> Bool = { false },
    complete: @escaping @Sendable (Result<[Tensor], HTTPError>) -> Void
  ) throws(HTTPError) {
    let now = monotonicNanoseconds()
    let timeout = settings.timeout(wanted: timeoutMicroseconds)
    let prediction = PendingPrediction(
      inputs: inputs, arrival: now,
      deadline: timeout > 0 ? now &+ UInt64(timeout).multipliedSaturating(by: 1000) : nil,
      isAbandoned: isAbandoned, complete: complete)
    switch version.queue.add(prediction, limit: settings.queueLimit, hasPlace: hasPlace) {
    case .full:
      version.statistics.refused()
      throw .overloaded
    case .waits: break
    case .needsWorker: sendWorker(to: version)
    }
  }

  private func sendWorker(to version: ServedVersion) {
    let isSent = workers.submitLong(
      { [self] in work(on: version) }, giveUp: { Self.refuseAll(of: version) })
    if !isSent { Self.refuseAll(of: version) }
  }

  /// Answers what waits for a version that no worker comes to any more.
  private static func refuseAll(of version: ServedVersion) {
    for prediction in version.queue.takeAll() { prediction.complete(.failure(.stopping)) }
  }

  private func work(on version: ServedVersion) {
    let (taken, needsWorker) = version.queue.take(
      settings, isBatchable: version.model.isBatchable)
    if needsWorker { sendWorker(to: version) }
    let start = monotonicNanoseconds()
    var batch: [PendingPrediction] = []
    for prediction in taken {
      if let deadline = prediction.deadline, deadline < start {
        version.statistics.expired(prediction, at: start)
        prediction.complete(.failure(.late))
      } else if start - prediction.arrival > Self.patience, prediction.isAbandoned() {
        version.statistics.abandoned()
        prediction.complete(.failure(.abandoned))
      } else {
        batch.append(prediction)
      }
    }
    if !batch.isEmpty { Self.compute(batch, on: version, since: start) }
  }

  /// The nanoseconds after which it is asked whether a client still waits.
  private static let patience: UInt64 = 5_000_000

  private static func compute(
    _ batch: [PendingPrediction], on version: ServedVersion, since start: UInt64
  ) {
    let model = version.model
    if batch.count > 1, let (outputs, moments) = outputs(for: batch, of: model, since: start) {
      version.statistics.computed(batch, moments)
      for (prediction, outputs) in zip(batch, outputs) { prediction.complete(.success(outputs)) }
      return
    }
    // One that fails must not fail the others.
    for prediction in batch {
      let start = batch.count > 1 ? monotonicNanoseconds() : start
      let result = Result { () throws(HTTPError) in try model.outputs(for: prediction.inputs) }
      let end = monotonicNanoseconds()
      switch result {
      case .success:
        version.statistics.computed(
          [prediction],
          ModelStatistics.Moments(joining: start, compute: start, parting: end, end: end))
      case .failure: version.statistics.failed(prediction, at: end)
      }
      prediction.complete(result)
    }
  }

  /// The outputs of each prediction, computed together; nil where they cannot be.
  private static func outputs(
    for batch: [PendingPrediction], of model: ServedModel, since start: UInt64
  ) -> (outputs: [[Tensor]], ModelStatistics.Moments)? {
    let counts = batch.compactMap(\.itemCount)
    let total = counts.reduce(0, +)
    let inputs = model.inputs.indices.map { port in
      Tensor(joining: batch.map { $0.inputs[port] })
    }
    let compute = monotonicNanoseconds()
    guard let outputs = try? model.outputs(for: inputs),
      outputs.allSatisfy({ $0.shape.dimensions.first == total })
    else { return nil }
    let parting = monotonicNanoseconds()
    var first = 0
    let parts = counts.map { count in
      defer { first += count }
      return outputs.map { $0.items(first..<(first + count)) }
    }
    let moments = ModelStatistics.Moments(
      joining: start, compute: compute, parting: parting, end: monotonicNanoseconds())
    return (parts, moments)
  }
}

extension UInt64 {
  fileprivate func multipliedSaturating(by factor: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max / 2 : Swift.min(product, .max / 2)
  }
}

/// The predictions that wait for one version of a model, in the order they came.
///
/// Where any wait, one worker is on its way to them; the one that takes some and leaves others behind
/// sends for the next.
final class PredictionQueue: Sendable {
  private struct State {
    var waiting = Fifo<PendingPrediction>()
    /// Places kept for predictions that are yet to be read.
    var keptPlaces = 0
    /// Whether a worker is on its way.
    var isExpected = false

    var itemCount: Int { waiting.reduce(0) { $0 + ($1.itemCount ?? 1) } }
  }

  private let state = Monitor(State())

  /// How many wait, those that are yet to be read among them.
  var count: Int { state.withLock { $0.waiting.count + $0.keptPlaces } }

  /// Keeps a place for a prediction that is yet to be read; false where `limit` wait.
  func keepPlace(limit: Int) -> Bool {
    state.withLock { state in
      guard state.waiting.count + state.keptPlaces < limit else { return false }
      state.keptPlaces += 1
      return true
    }
  }

  /// Gives a place up that was kept.
  func giveUpPlace() {
    state.withLock { $0.keptPlaces -= 1 }
  }

  /// What has become of a prediction that was to be added.
  enum Addition {
    /// As many as may wait are there already.
    case full
    /// It waits, and a worker is on its way.
    case waits
    /// It waits, and nobody is on the way: a worker must be sent for.
    case needsWorker
  }

  /// Adds a prediction, unless `limit` wait and no place was kept for it.
  func add(_ prediction: PendingPrediction, limit: Int, hasPlace: Bool = false) -> Addition {
    state.withLock { state in
      if hasPlace {
        state.keptPlaces -= 1
      } else if state.waiting.count + state.keptPlaces >= limit {
        return .full
      }
      state.waiting.append(prediction)
      guard !state.isExpected else { return .waits }
      state.isExpected = true
      return .needsWorker
    }
  }

  /// The predictions to compute next, whose items are one batch, and whether others are left behind,
  /// for which the next worker must be sent for.
  ///
  /// Where fewer than the largest batch wait, the oldest waits for others until its delay is over.
  func take(
    _ settings: BatchSettings, isBatchable: Bool
  ) -> (batch: [PendingPrediction], needsWorker: Bool) {
    if isBatchable, settings.delayMicroseconds > 0 { waitForOthers(settings) }
    return state.withLock { state in
      let count =
        isBatchable ? Self.batchCount(state.waiting, largest: settings.largestBatch) : 1
      let batch = state.waiting.popFirst(count)
      state.isExpected = !state.waiting.isEmpty
      return (batch, state.isExpected)
    }
  }

  /// All that wait, as no worker comes any more.
  func takeAll() -> [PendingPrediction] {
    state.withLock { $0.waiting.popFirst($0.waiting.count) }
  }

  private func waitForOthers(_ settings: BatchSettings) {
    let oldest = state.withLock { $0.waiting.first?.arrival }
    guard let oldest else { return }
    let end = oldest + UInt64(settings.delayMicroseconds) * 1000
    let now = monotonicNanoseconds()
    guard end > now else { return }
    _ = state.wait(seconds: Double(end - now) / 1e9) { state in
      state.waiting.isEmpty || state.itemCount >= settings.largestBatch ? true : nil
    }
  }

  /// How many of the first predictions go together.
  ///
  /// Batches whose size is a power of two are preferred: each size is planned for once.
  private static func batchCount(_ waiting: Fifo<PendingPrediction>, largest: Int) -> Int {
    guard let first = waiting.first, var items = first.itemCount else { return 1 }
    var (count, rounded) = (1, 1)
    for other in waiting.dropFirst() {
      guard let more = other.itemCount, items + more <= largest, first.goesWith(other) else {
        break
      }
      items += more
      count += 1
      if items & (items - 1) == 0 { rounded = count }
    }
    return rounded > 1 ? rounded : count
  }
}

/// The predictions that wait for one version of a model, in the order they came.
///
/// Where any wait, one worker is on its way to them; the one that takes some and leaves others behind
/// sends for the next.
final class PredictionQueue: Sendable {
  private struct State {
    var waiting: [PendingPrediction] = []
    var first = 0
    /// Whether a worker is on its way.
    var isExpected = false

    var count: Int { waiting.count - first }

    var itemCount: Int {
      waiting[first...].reduce(0) { $0 + ($1.itemCount ?? 1) }
    }

    mutating func removeFirst(_ count: Int) -> [PendingPrediction] {
      defer {
        first += count
        if first == waiting.count {
          waiting.removeAll(keepingCapacity: true)
          first = 0
        } else if first > 1024 {
          waiting.removeFirst(first)
          first = 0
        }
      }
      return Array(waiting[first..<(first + count)])
    }
  }

  private let state = Monitor(State())

  /// How many wait.
  var count: Int { state.withLock { $0.count } }

  /// What has become of a prediction that was to be added.
  enum Addition {
    /// As many as may wait are there already.
    case full
    /// It waits, and a worker is on its way.
    case waits
    /// It waits, and nobody is on the way: a worker must be sent for.
    case needsWorker
  }

  /// Adds a prediction, unless `limit` wait.
  func add(_ prediction: PendingPrediction, limit: Int) -> Addition {
    state.withLock { state in
      guard state.count < limit else { return .full }
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
      guard state.count > 0 else {
        state.isExpected = false
        return ([], false)
      }
      let waiting = state.waiting[state.first...]
      let count = isBatchable ? Self.batchCount(waiting, largest: settings.largestBatch) : 1
      let batch = state.removeFirst(count)
      state.isExpected = state.count > 0
      return (batch, state.isExpected)
    }
  }

  /// All that wait, as no worker comes any more.
  func takeAll() -> [PendingPrediction] {
    state.withLock { $0.removeFirst($0.count) }
  }

  private func waitForOthers(_ settings: BatchSettings) {
    let oldest = state.withLock { $0.count > 0 ? $0.waiting[$0.first].arrival : nil }
    guard let oldest else { return }
    let end = oldest + UInt64(settings.delayMicroseconds) * 1000
    let now = monotonicNanoseconds()
    guard end > now else { return }
    _ = state.wait(seconds: Double(end - now) / 1e9) { state in
      state.count == 0 || state.itemCount >= settings.largestBatch ? true : nil
    }
  }

  /// How many of the first predictions go together.
  ///
  /// Batches whose size is a power of two are preferred: each size is planned for once.
  private static func batchCount(_ waiting: ArraySlice<PendingPrediction>, largest: Int) -> Int {
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

/// Threads that do jobs in the order they came, with a bound on how many wait.
final class WorkQueue: Sendable {
  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var next = 0
    var isStopping = false

    var count: Int { waiting.count - next }

    mutating func take() -> (@Sendable () -> Void)? {
      guard next < waiting.count else { return nil }
      defer {
        next += 1
        if next == waiting.count {
          waiting.removeAll(keepingCapacity: true)
          next = 0
        }
      }
      return waiting[next]
    }
  }

  private let state = Monitor(State())
  private let limit: Int
  private let threads: [SystemThread]

  /// A queue that `threadCount` threads work on and in which at most `limit` jobs wait.
  init(threadCount: Int, limit: Int) {
    self.limit = limit
    threads = (0..<max(1, threadCount)).compactMap { [state] _ in
      SystemThread {
        while let job = Self.next(state) { job() }
      }
    }
  }

  /// Adds a job; false where too many wait.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    state.withLock(waking: .one) { state in
      guard state.count < limit, !state.isStopping, !threads.isEmpty else { return false }
      state.waiting.append(job)
      return true
    }
  }

  /// Adds a job however many wait; false where the queue has stopped.
  func submitAlways(_ job: @escaping @Sendable () -> Void) -> Bool {
    state.withLock(waking: .one) { state in
      guard !state.isStopping, !threads.isEmpty else { return false }
      state.waiting.append(job)
      return true
    }
  }

  /// Does the jobs that wait, then ends the threads.
  func stop() {
    state.withLock { $0.isStopping = true }
    for thread in threads { thread.join() }
  }

  private static func next(_ state: Monitor<State>) -> (@Sendable () -> Void)? {
    state.wait { state -> (@Sendable () -> Void)?? in
      if let job = state.take() { return .some(job) }
      return state.isStopping ? .some(nil) : nil
    }
  }
}

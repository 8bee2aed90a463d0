/// Threads that do jobs in the order they came.
///
/// Short jobs, of which a bounded number waits, go before long ones: those who wait for them are told
/// soon, and what they prepare can be computed together. As they must not hold the others up for
/// ever, one of those comes after so many of them.
package final class WorkQueue: Sendable {
  /// How many short jobs are done in succession while a long one waits.
  private static let shortRun = 16

  private struct State {
    var short = Fifo<@Sendable () -> Void>()
    var long = Fifo<LongJob>()
    /// The short jobs taken since the last long one.
    var run = 0
    var isStopping = false

    mutating func take() -> (@Sendable () -> Void)? {
      if run < WorkQueue.shortRun || long.isEmpty, let job = short.popFirst() {
        run += 1
        return job
      }
      run = 0
      return long.popFirst()?.work
    }
  }

  /// A job, and what is done in its place where the queue is abandoned.
  private struct LongJob: Sendable {
    let work: @Sendable () -> Void
    let giveUp: @Sendable () -> Void
  }

  private let state = Monitor(State())
  private let limit: Int
  private let threads: [SystemThread]

  /// A queue that `threadCount` threads work on and in which at most `limit` short jobs wait.
  package init(threadCount: Int, limit: Int) {
    self.limit = limit
    threads = (0..<max(1, threadCount)).compactMap { [state] _ in
      SystemThread {
        while let job = Self.next(state) { job() }
      }
    }
  }

  /// Adds a short job; false where too many wait, or the queue has stopped.
  package func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    state.withLock(waking: .one) { state in
      guard state.short.count < limit, !state.isStopping, !threads.isEmpty else { return false }
      state.short.append(job)
      return true
    }
  }

  /// Adds a long job however many wait; false where the queue has stopped.
  ///
  /// Where the queue is abandoned before the job is begun, `giveUp` is called in its place.
  package func submitLong(
    _ job: @escaping @Sendable () -> Void, giveUp: @escaping @Sendable () -> Void = {}
  ) -> Bool {
    state.withLock(waking: .one) { state in
      guard !state.isStopping, !threads.isEmpty else { return false }
      state.long.append(LongJob(work: job, giveUp: giveUp))
      return true
    }
  }

  /// Does the jobs that wait, then ends the threads.
  package func stop() {
    state.withLock { $0.isStopping = true }
    for thread in threads { thread.join() }
  }

  /// Begins no further job, and waits for none that is being done: the threads end after theirs.
  package func abandon() {
    let dropped = state.withLock { state in
      defer { (state.short, state.long) = (Fifo(), Fifo()) }
      state.isStopping = true
      return (state.short, state.long)
    }
    withExtendedLifetime(dropped) {
      for thread in threads { thread.detach() }
      for job in dropped.1 { job.giveUp() }
    }
  }

  private static func next(_ state: Monitor<State>) -> (@Sendable () -> Void)? {
    state.wait { state -> (@Sendable () -> Void)?? in
      if let job = state.take() { return .some(job) }
      return state.isStopping ? .some(nil) : nil
    }
  }
}

import Synchronization
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether threads share the runs of a plan: only where that has been found to be faster.
///
/// What threads cost each other depends on the machine and on what else it does. Of short runs, the
/// first are made both ways by turns, and again some of every few thousand; long ones are shared.
final class ThreadChoice: Sendable {
  private struct Trial {
    var runs = 0
    var alone = Double.infinity
    var shared = Double.infinity
  }

  private let trial = Lock(Trial())
  private let isShared = Atomic<Bool>(true)
  /// The runs until the next trial.
  private let rest = Atomic<Int>(0)
  private let clock: @Sendable () -> Double

  /// The runs of a trial, and those between two.
  private static let (trialRuns, restRuns) = (18, 6000)
  /// The runs that are shared before the first one is not.
  private static let sharedRuns = 3
  /// Seconds; longer runs are always shared.
  private static let longRun = 4e-4

  /// A choice for one plan; `clock` tells seconds.
  init(clock: @escaping @Sendable () -> Double = ThreadChoice.monotonicClock) {
    self.clock = clock
  }

  /// Calls `body` with the threads of `workers`, or with one alone.
  func run<Failure>(
    on workers: WorkerPool, _ body: (WorkerPool) throws(Failure) -> Void
  ) throws(Failure) {
    guard workers.threadCount > 1 else { return try body(workers) }
    if rest.subtract(1, ordering: .relaxed).newValue >= 0 {
      return try body(isShared.load(ordering: .relaxed) ? workers : .single)
    }
    let number = trial.withLock { trial in
      trial.runs += 1
      return trial.runs
    }
    let shares = number <= Self.sharedRuns || number % 2 == 1
    let start = clock()
    try body(shares ? workers : .single)
    note(clock() - start, number: number, shares: shares)
  }

  private func note(_ seconds: Double, number: Int, shares: Bool) {
    trial.withLock { trial in
      if shares {
        trial.shared = min(trial.shared, seconds)
      } else {
        trial.alone = min(trial.alone, seconds)
      }
      let isLong = number >= Self.sharedRuns && trial.shared > Self.longRun
      guard isLong || number >= Self.trialRuns else { return }
      isShared.store(isLong || trial.shared <= trial.alone, ordering: .relaxed)
      rest.store(isLong ? .max : Self.restRuns, ordering: .relaxed)
      trial = Trial()
    }
  }

  private static let monotonicClock: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

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
    /// The trials before this one.
    var number = 0
    /// The runs that have begun.
    var runs = 0
    var (sharedRuns, aloneRuns) = (0, 0)
    /// The shortest runs so far, in seconds.
    var (shared, alone) = (Double.infinity, Double.infinity)
  }

  private let trial = Lock(Trial())
  private let isShared = Atomic<Bool>(true)
  /// The runs until the next trial.
  private let rest = Atomic<Int>(0)
  private let clock: @Sendable () -> Double

  /// The runs of either kind that a trial asks for, and all runs between two trials.
  private static let (trialRuns, restRuns) = (8, 6000)
  /// The runs that are shared before the first one is not.
  private static let firstRuns = 3
  /// Seconds; longer runs are never made alone.
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
    let (number, run) = trial.withLock { trial in
      trial.runs += 1
      return (trial.number, trial.runs)
    }
    let shares = run <= Self.firstRuns || run % 2 == 1
    let start = clock()
    try body(shares ? workers : .single)
    note(clock() - start, shares: shares, trial: number)
  }

  /// Takes a run's time into the trial that it began in, if that is not over.
  private func note(_ seconds: Double, shares: Bool, trial number: Int) {
    trial.withLock { trial in
      guard trial.number == number else { return }
      if shares {
        trial.sharedRuns += 1
        trial.shared = min(trial.shared, seconds)
      } else {
        trial.aloneRuns += 1
        trial.alone = min(trial.alone, seconds)
      }
      let isLong = trial.sharedRuns >= Self.firstRuns && trial.shared > Self.longRun
      guard isLong || min(trial.sharedRuns, trial.aloneRuns) >= Self.trialRuns else { return }
      isShared.store(isLong || trial.shared <= trial.alone, ordering: .relaxed)
      rest.store(Self.restRuns, ordering: .relaxed)
      trial = Trial()
      trial.number = number + 1
    }
  }

  private static let monotonicClock: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

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
/// first are made both ways, a few at a time, and again some of every few thousand, or as soon as
/// shared ones take longer than one thread alone did; long ones are shared.
final class ThreadChoice: Sendable {
  private struct Trial {
    /// The trials before this one.
    var number = 0
    /// The runs that have begun.
    var runs = 0
    /// The seconds of the runs that are over.
    var (shared, alone): ([Double], [Double]) = ([], [])

    /// Whether threads share the next run.
    var sharesNext: Bool { runs / turnRuns % 2 == 0 }
    /// Whether the next run's time counts.
    var countsNext: Bool { runs % turnRuns >= firstRuns }
  }

  private let trial = Lock(Trial())
  private let isShared = Atomic<Bool>(true)
  /// The runs until the next trial.
  private let rest = Atomic<Int>(0)
  /// The bits of the seconds that a run alone took in the last trial.
  private let alone = Atomic<UInt64>(Double.infinity.bitPattern)
  /// How many more of the shared runs that were timed took longer than that than not.
  private let slower = Atomic<Int>(0)
  private let clock: @Sendable () -> Double

  /// The runs of either kind that a trial asks for, and all runs between two trials.
  private static let (trialRuns, restRuns) = (8, 6000)
  /// The runs of one kind that follow each other in a trial, and how many of them are not counted:
  /// those find in the caches what the other kind has left there.
  private static let (turnRuns, firstRuns) = (6, 2)
  /// Seconds; longer runs are never made alone, once so many shared ones have all been longer.
  private static let (longRun, longRuns) = (4e-4, 3)
  /// Of so many shared runs between trials one is timed.
  private static let timedRun = 8
  /// The slower ones that begin a trial.
  private static let slowerRuns = 8

  /// A choice for one plan; `clock` tells seconds.
  init(clock: @escaping @Sendable () -> Double = ThreadChoice.monotonicClock) {
    self.clock = clock
  }

  /// Calls `body` with the threads of `workers`, or with one alone.
  func run<Failure>(
    on workers: WorkerPool, _ body: (WorkerPool) throws(Failure) -> Void
  ) throws(Failure) {
    guard workers.threadCount > 1 else { return try body(workers) }
    let left = rest.subtract(1, ordering: .relaxed).newValue
    if left >= 0 {
      let shares = isShared.load(ordering: .relaxed)
      guard shares, left % Self.timedRun == 0 else { return try body(shares ? workers : .single) }
      let start = clock()
      try body(workers)
      return watch(clock() - start)
    }
    let (number, shares, counts) = trial.withLock { trial in
      defer { trial.runs += 1 }
      return (trial.number, trial.sharesNext, trial.countsNext)
    }
    let start = clock()
    try body(shares ? workers : .single)
    if counts { note(clock() - start, shares: shares, trial: number) }
  }

  /// Begins a trial where most shared runs have become slower than one thread alone.
  private func watch(_ seconds: Double) {
    let isSlower = seconds > Double(bitPattern: alone.load(ordering: .relaxed))
    let count = slower.add(isSlower ? 1 : -1, ordering: .relaxed).newValue
    if count < 0 { slower.store(0, ordering: .relaxed) }
    guard count >= Self.slowerRuns else { return }
    slower.store(0, ordering: .relaxed)
    rest.store(0, ordering: .relaxed)
  }

  /// Takes a run's time into the trial that it began in, if that is not over.
  private func note(_ seconds: Double, shares: Bool, trial number: Int) {
    trial.withLock { trial in
      guard trial.number == number else { return }
      if shares { trial.shared.append(seconds) } else { trial.alone.append(seconds) }
      let isLong =
        trial.shared.count >= Self.longRuns && (trial.shared.min() ?? 0) > Self.longRun
      guard isLong || min(trial.shared.count, trial.alone.count) >= Self.trialRuns else { return }
      let (shared, alone) = (Self.median(trial.shared), Self.median(trial.alone))
      isShared.store(isLong || shared <= alone, ordering: .relaxed)
      self.alone.store((isLong ? .infinity : alone).bitPattern, ordering: .relaxed)
      slower.store(0, ordering: .relaxed)
      rest.store(Self.restRuns, ordering: .relaxed)
      trial = Trial()
      trial.number = number + 1
    }
  }

  private static func median(_ seconds: [Double]) -> Double {
    seconds.isEmpty ? .infinity : seconds.sorted()[seconds.count / 2]
  }

  private static let monotonicClock: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

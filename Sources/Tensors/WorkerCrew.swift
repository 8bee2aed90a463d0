import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The threads of a pool and the job they share.
///
/// A job is open while its caller works on it. A thread enrols in an open job, and the caller, once
/// it has closed the job, waits until every enrolled thread has left, so that no thread ever sees a
/// job that is over.
///
/// Each thread begins with the chunks that are its own and then helps the others: steps that follow
/// each other cut alike, so that most of what a thread reads lies in its own processor's cache.
///
/// Idle threads spin for about as long as a small model's step takes, then park on the condition:
/// waking a parked thread takes longer than many a step.
final class WorkerCrew: @unchecked Sendable {
  private let busy = Atomic<Bool>(false)
  /// The number of the job, whether it is open, and the threads that are enrolled in it.
  private let state = Atomic<Int>(0)
  private let threadCount: Int
  /// For each thread, the next one of the chunks that are its own.
  private let nextChunk: UnsafeMutablePointer<Atomic<Int>>
  private let parked = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var job: Job?
  private static let spins = 8000

  /// The bit of ``state`` that tells that the job is open; below it, the enrolled threads are
  /// counted, above it, the jobs.
  private static let open = 1 << 15
  private static let nextJob = 1 << 16
  private static let enrolled = open - 1

  /// A crew of the caller's thread and those that ``startThread(_:)`` adds.
  init(threadCount: Int) {
    self.threadCount = threadCount
    nextChunk = .allocate(capacity: threadCount)
    for index in 0..<threadCount { (nextChunk + index).initialize(to: Atomic(0)) }
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    nextChunk.deallocate()
    mutex.deallocate()
    wake.deallocate()
  }

  /// Takes the crew for one caller; false where another one has it.
  func claim() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func release() { busy.store(false, ordering: .releasing) }

  /// Runs all chunks on the caller's thread and the crew's, and returns when all are done.
  func run(chunks: Int, of count: Int, _ body: UnsafePointer<(Range<Int>, Int) -> Void>) {
    let job = Job(body: body, chunks: chunks, count: count)
    self.job = job
    for thread in 0..<threadCount {
      nextChunk[thread].store(job.first(of: thread, threadCount), ordering: .relaxed)
    }
    state.add(Self.nextJob + Self.open, ordering: .sequentiallyConsistent)
    if parked.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    work(on: job, thread: 0)
    state.subtract(Self.open, ordering: .acquiringAndReleasing)
    var spin = 0
    while state.load(ordering: .acquiring) & Self.enrolled > 0 {
      if spin < Self.spins { ck_pause() } else { sched_yield() }
      spin += 1
    }
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Does the thread's own chunks, then those that others have not begun.
  ///
  /// It is never inlined, so that nothing of the body is held once it returns.
  @inline(never)
  private func work(on job: Job, thread: Int) {
    for offset in 0..<threadCount {
      let owner = (thread + offset) % threadCount
      let end = job.first(of: owner + 1, threadCount)
      while nextChunk[owner].load(ordering: .relaxed) < end {
        let chunk = nextChunk[owner].add(1, ordering: .relaxed).oldValue
        guard chunk < end else { break }
        job.body.pointee(
          (job.count * chunk / job.chunks)..<(job.count * (chunk + 1) / job.chunks), thread)
      }
    }
  }

  /// Starts the thread with the given number, which keeps the crew alive until ``stop()``.
  func startThread(_ number: Int) {
    var thread = pthread_t(bitPattern: 0)
    let member = Unmanaged.passRetained(Member(crew: self, number: number))
    #if canImport(Glibc)
      let failed = pthread_create(&thread, nil, crewThread, member.toOpaque()) != 0
    #else
      let failed = pthread_create(&thread, nil, { crewThread($0) }, member.toOpaque()) != 0
    #endif
    if failed {
      member.release()
    } else if let thread = Optional(thread) {
      pthread_detach(thread)
    }
  }

  /// Ends every thread of the crew.
  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  fileprivate func threadLoop(_ number: Int) {
    var seen = 0
    while waitForJob(after: seen) {
      let now = state.load(ordering: .acquiring)
      // A job that is over is not worth another look.
      if now & Self.open == 0 {
        seen = now / Self.nextJob
        continue
      }
      let enrolled = state.compareExchange(
        expected: now, desired: now + 1, ordering: .acquiringAndReleasing
      ).exchanged
      guard enrolled else { continue }
      seen = now / Self.nextJob
      if let job { work(on: job, thread: number) }
      state.subtract(1, ordering: .releasing)
    }
  }

  /// Waits for a job of another number than `seen`; false at the end of the crew.
  private func waitForJob(after seen: Int) -> Bool {
    var spin = 0
    while state.load(ordering: .relaxed) / Self.nextJob == seen {
      if isStopping.load(ordering: .relaxed) { return false }
      if spin == Self.spins {
        park(after: seen)
        spin = 0
      }
      ck_pause()
      spin += 1
    }
    return !isStopping.load(ordering: .relaxed)
  }

  /// Sleeps until there is a job of another number than `seen`, or the crew ends.
  ///
  /// Whoever starts a job after this thread has counted itself sees it, and takes the mutex to wake
  /// it; a job that was started before is seen here.
  private func park(after seen: Int) {
    pthread_mutex_lock(mutex)
    parked.add(1, ordering: .sequentiallyConsistent)
    while state.load(ordering: .sequentiallyConsistent) / Self.nextJob == seen,
      !isStopping.load(ordering: .sequentiallyConsistent)
    {
      pthread_cond_wait(wake, mutex)
    }
    parked.subtract(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }
}

/// What a caller shares out: a body, which outlives the job, and the chunks it is called for.
private struct Job {
  let body: UnsafePointer<(Range<Int>, Int) -> Void>
  let chunks: Int
  let count: Int

  /// The first of a thread's own chunks.
  func first(of thread: Int, _ threads: Int) -> Int { chunks * thread / threads }
}

/// A thread of a crew and its number.
private final class Member {
  let crew: WorkerCrew
  let number: Int

  init(crew: WorkerCrew, number: Int) {
    self.crew = crew
    self.number = number
  }
}

private func crewThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument {
    let member = Unmanaged<Member>.fromOpaque(argument).takeRetainedValue()
    member.crew.threadLoop(member.number)
  }
  return nil
}

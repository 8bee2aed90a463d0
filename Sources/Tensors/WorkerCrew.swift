import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The threads of a pool and the job they share.
///
/// A job is open while its caller works on it. A thread enrols in an open job under the mutex and
/// the caller waits until every enrolled thread has left, so that no thread ever sees a job that is
/// over. Idle threads spin for about as long as a small model's step takes, then park on the
/// condition: waking a parked thread takes longer than many a step.
final class WorkerCrew: @unchecked Sendable {
  private let busy = Atomic<Bool>(false)
  private let generation = Atomic<Int>(0)
  private let nextChunk = Atomic<Int>(0)
  private let enrolled = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var job: Job?
  private var isStopping = false
  private static let spins = 8000

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
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
    pthread_mutex_lock(mutex)
    self.job = job
    nextChunk.store(0, ordering: .relaxed)
    generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    work(on: job, thread: 0)
    pthread_mutex_lock(mutex)
    self.job = nil
    pthread_mutex_unlock(mutex)
    var spin = 0
    while enrolled.load(ordering: .acquiring) > 0 {
      if spin < Self.spins { ck_pause() } else { sched_yield() }
      spin += 1
    }
  }

  /// Does chunks until none is left.
  ///
  /// It is never inlined, so that nothing of the body is held once it returns.
  @inline(never)
  private func work(on job: Job, thread: Int) {
    while true {
      let chunk = nextChunk.add(1, ordering: .relaxed).oldValue
      guard chunk < job.chunks else { return }
      job.body.pointee(
        (job.count * chunk / job.chunks)..<(job.count * (chunk + 1) / job.chunks), thread)
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
    pthread_mutex_lock(mutex)
    isStopping = true
    generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  fileprivate func threadLoop(_ number: Int) {
    var seen = 0
    while true {
      var spin = 0
      while spin < Self.spins, generation.load(ordering: .acquiring) == seen {
        ck_pause()
        spin += 1
      }
      pthread_mutex_lock(mutex)
      while generation.load(ordering: .acquiring) == seen, !isStopping {
        pthread_cond_wait(wake, mutex)
      }
      seen = generation.load(ordering: .acquiring)
      let stopping = isStopping
      let job = job
      if job != nil { enrolled.add(1, ordering: .relaxed) }
      pthread_mutex_unlock(mutex)
      if stopping { return }
      if let job {
        work(on: job, thread: number)
        enrolled.subtract(1, ordering: .releasing)
      }
    }
  }
}

/// What a caller shares out: a body, which outlives the job, and the chunks it is called for.
private struct Job {
  let body: UnsafePointer<(Range<Int>, Int) -> Void>
  let chunks: Int
  let count: Int
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

import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The threads of a pool and the job they share.
///
/// Each thread has a place, from which it takes chunks and where others help it out once they are
/// done with theirs: steps that follow each other cut alike, so that most of what a thread reads
/// lies in its own processor's cache. Who has taken a chunk is waited for, so a job is there for as
/// long as one of its chunks is not done, and whoever takes none never looks at it.
///
/// What two processors write in turns takes them a fraction of a microsecond each time. So a place
/// holds all that its thread asks for and fills a cache line that nobody else reads, but to help.
///
/// Idle threads spin for about as long as a small model's step takes, then park on the condition:
/// waking a parked thread takes longer than many a step.
final class WorkerCrew: @unchecked Sendable {
  private let busy = Atomic<Bool>(false)
  private let threadCount: Int
  private let places: CrewPlaces
  private let parked = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: UInt32 = 0
  private static let spins = 8000

  /// A crew of the caller's thread and those that ``startThread(_:)`` adds.
  init(threadCount: Int) {
    self.threadCount = threadCount
    places = CrewPlaces(count: threadCount)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    places.deallocate()
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
    let job = CrewJob(body: body, chunks: chunks, count: count)
    jobs &+= 1
    places.done.pointee.store(0, ordering: .relaxed)
    for thread in 0..<threadCount {
      let (first, end) = (chunks * thread / threadCount, chunks * (thread + 1) / threadCount)
      if first < end { places[thread].offer(first..<end, of: job, number: jobs) }
    }
    // A thread counts itself before it looks at its place for the last time.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if parked.load(ordering: .relaxed) > 0 { wakeAll() }
    let own = work(at: 0, thread: 0)
    let rest = chunks - own - help(thread: 0)
    var spin = 0
    while places.done.pointee.load(ordering: .acquiring) < rest {
      if spin < Self.spins { ck_pause() } else { sched_yield() }
      spin += 1
    }
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Does the chunks at a place that nobody has begun, and tells their number.
  ///
  /// It is never inlined, so that nothing of the body is held once it returns.
  @inline(never)
  private func work(at place: Int, thread: Int) -> Int {
    var count = 0
    while let (chunk, job) = places[place].take() {
      job.body.pointee(job.range(of: chunk), thread)
      count += 1
    }
    return count
  }

  /// Does what others have not begun, and tells the number of chunks.
  private func help(thread: Int) -> Int {
    var count = 0
    for offset in 1..<threadCount {
      count += work(at: (thread + offset) % threadCount, thread: thread)
    }
    return count
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
    while waitForChunks(at: number) {
      let own = work(at: number, thread: number)
      if own > 0 { places.done.pointee.add(own, ordering: .releasing) }
      let helped = help(thread: number)
      if helped > 0 { places.done.pointee.add(helped, ordering: .releasing) }
    }
  }

  /// Waits for chunks at a thread's place; false at the end of the crew.
  private func waitForChunks(at number: Int) -> Bool {
    let place = places[number]
    var spin = 0
    while !place.hasChunks {
      if isStopping.load(ordering: .relaxed) { return false }
      if spin == Self.spins {
        park(at: place)
        spin = 0
      }
      ck_pause()
      spin += 1
    }
    return !isStopping.load(ordering: .relaxed)
  }

  /// Sleeps until there are chunks at a place, or the crew ends.
  ///
  /// Whoever starts a job after this thread has counted itself sees it, and takes the mutex to wake
  /// it; a job that was started before is seen here.
  private func park(at place: CrewPlace) {
    pthread_mutex_lock(mutex)
    parked.add(1, ordering: .sequentiallyConsistent)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    while !place.hasChunks, !isStopping.load(ordering: .sequentiallyConsistent) {
      pthread_cond_wait(wake, mutex)
    }
    parked.subtract(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }
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

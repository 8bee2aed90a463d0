import Synchronization

/// What a caller shares out: a body, which outlives the job, and the chunks it is called for.
struct CrewJob {
  let body: UnsafePointer<(Range<Int>, Int) -> Void>
  let chunks: Int
  let count: Int

  /// The items of a chunk.
  func range(of chunk: Int) -> Range<Int> {
    (count * chunk / chunks)..<(count * (chunk + 1) / chunks)
  }
}

/// Where a thread of a crew takes its chunks from: a view of memory of ``CrewPlaces``.
struct CrewPlace {
  /// The number of the job (32 bits), the end of its chunks (16) and the next of them (16): one
  /// word, so that no chunk of one job is ever taken for that of another.
  fileprivate let next: UnsafeMutablePointer<Atomic<UInt64>>
  /// The job, which only who has taken one of its chunks may read.
  fileprivate let job: UnsafeMutablePointer<CrewJob>

  /// Lays chunks out for those who take them; those of the job before are all done.
  func offer(_ chunks: Range<Int>, of job: CrewJob, number: UInt32) {
    self.job.initialize(to: job)
    let bounds = UInt64(chunks.upperBound) << 16 | UInt64(chunks.lowerBound)
    next.pointee.store(UInt64(number) << 32 | bounds, ordering: .releasing)
  }

  /// Whether there is a chunk that nobody has taken.
  var hasChunks: Bool { Self.chunk(of: next.pointee.load(ordering: .relaxed)) != nil }

  /// Takes a chunk, which its taker then has to do; `nil` where there is none left.
  func take() -> (chunk: Int, job: CrewJob)? {
    var word = next.pointee.load(ordering: .relaxed)
    while let chunk = Self.chunk(of: word) {
      let (isTaken, now) = next.pointee.weakCompareExchange(
        expected: word, desired: word + 1, ordering: .acquiring)
      if isTaken { return (chunk, job.pointee) }
      word = now
    }
    return nil
  }

  private static func chunk(of word: UInt64) -> Int? {
    let (end, next) = (word >> 16 & 0xffff, word & 0xffff)
    return next < end ? Int(next) : nil
  }
}

/// The places of a crew's threads and the count of what they have done, each in a cache line of its
/// own, and in another pair of lines than the next: processors fetch them in pairs.
struct CrewPlaces {
  /// The chunks of the job that threads other than the caller's have done.
  let done: UnsafeMutablePointer<Atomic<Int>>
  private let memory: UnsafeMutableRawPointer
  private static let (stride, jobOffset) = (128, 16)

  init(count: Int) {
    memory = .allocate(byteCount: (count + 1) * Self.stride, alignment: Self.stride)
    done = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    done.initialize(to: Atomic(0))
    for index in 0..<count {
      let place = memory + (index + 1) * Self.stride
      place.bindMemory(to: Atomic<UInt64>.self, capacity: 1).initialize(to: Atomic(0))
      (place + Self.jobOffset).bindMemory(to: CrewJob.self, capacity: 1)
    }
  }

  subscript(index: Int) -> CrewPlace {
    let place = memory + (index + 1) * Self.stride
    return CrewPlace(
      next: place.assumingMemoryBound(to: Atomic<UInt64>.self),
      job: (place + Self.jobOffset).assumingMemoryBound(to: CrewJob.self))
  }

  func deallocate() { memory.deallocate() }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Threads that share the items of a step among them.
///
/// A pool serves one caller at a time; a second one meanwhile does its items by itself, so that
/// callers never wait for each other.
public final class WorkerPool: Sendable {
  /// The threads that work on a step, the caller's among them.
  public let threadCount: Int
  private let crew: WorkerCrew

  /// More threads than this would have more chunks than ``CrewPlace`` counts in 16 bits.
  private static let mostThreads = 1 << 12

  /// A pool of `threadCount` threads, at least one, the caller's own, and at most 4096.
  public init(threadCount: Int) {
    self.threadCount = min(max(1, threadCount), Self.mostThreads)
    crew = WorkerCrew(threadCount: self.threadCount)
    for number in 1..<self.threadCount { crew.startThread(number) }
  }

  /// The pool of the caller's own thread.
  public static let single = WorkerPool(threadCount: 1)

  deinit { crew.stop() }

  /// The number of this machine's processors.
  public static var processorCount: Int {
    max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Calls `body` for ranges that cover `0..<count`, on several threads at once where there are at
  /// least two chunks of `grain` items.
  public func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    forEachRange(of: count, grain: grain) { range, _ in body(range) }
  }

  /// Calls `body` for ranges that cover `0..<count`, with the number of the thread that calls it,
  /// below ``threadCount``: for work that needs memory of its own on each thread.
  public func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>, Int) -> Void) {
    let chunks = chunkCount(count, grain: grain)
    guard threadCount > 1, chunks > 1, crew.claim() else {
      if count > 0 { body(0..<count, 0) }
      return
    }
    defer { crew.release() }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { crew.run(chunks: chunks, of: count, $0) }
    }
  }

  /// A chunk of `grain` items and more for each thread, and up to four for each where even those
  /// have four times as much: so that threads can help each other, but what one has written is not
  /// moved to another for next to nothing.
  private func chunkCount(_ count: Int, grain: Int) -> Int {
    let grains = (count + grain - 1) / max(grain, 1)
    return grains <= threadCount ? grains : min(max(grains / threadCount / 4, 1), 4) * threadCount
  }
}

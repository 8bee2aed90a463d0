import Tensors
import Testing

@testable import Inference

@Suite("The choice of threads")
struct ThreadChoiceTests {
  private let workers = WorkerPool(threadCount: 2)

  /// The threads that runs are given, which take so many microseconds.
  private func threads(of runs: Int, alone: Double, shared: Double) -> [Int] {
    let time = Lock(0.0)
    let choice = ThreadChoice { time.withLock { $0 } }
    return (0..<runs).map { _ in
      var threads = 0
      choice.run(on: workers) { workers in
        threads = workers.threadCount
        time.withLock { $0 += (threads == 1 ? alone : shared) * 1e-6 }
      }
      return threads
    }
  }

  @Test func sharesRunsThatAreFasterSo() {
    let threads = threads(of: 6100, alone: 40, shared: 30)
    #expect(threads[..<24].contains(1))
    #expect(threads[24..<6024].allSatisfy { $0 == 2 })
    #expect(threads[6024...].contains(1), "tries again")
  }

  @Test func leavesRunsAloneThatThreadsMakeSlower() {
    #expect(threads(of: 40, alone: 30, shared: 40)[24...].allSatisfy { $0 == 1 })
  }

  @Test func neverRunsLongOnesAlone() {
    #expect(threads(of: 30, alone: 10, shared: 1000).allSatisfy { $0 == 2 })
  }

  @Test func looksAtRunsThatFollowTheirLike() {
    let time = Lock(0.0)
    let choice = ThreadChoice { time.withLock { $0 } }
    var threads = (last: 0, now: 0)
    for _ in 0..<40 {
      choice.run(on: workers) { workers in
        threads = (threads.now, workers.threadCount)
        let took: Double = threads.now == 2 ? 40 : threads.last == 2 ? 50 : 30
        time.withLock { $0 += took * 1e-6 }
      }
    }
    #expect(threads.now == 1)
  }

  @Test func noticesThatSharedRunsHaveBecomeSlower() {
    let time = Lock((now: 0.0, shared: 20e-6))
    let choice = ThreadChoice { time.withLock { $0.now } }
    func run() -> Int {
      var threads = 0
      choice.run(on: workers) { workers in
        threads = workers.threadCount
        time.withLock { $0.now += threads == 1 ? 30e-6 : $0.shared }
      }
      return threads
    }
    for _ in 0..<500 { _ = run() }
    #expect(run() == 2)
    time.withLock { $0.shared = 50e-6 }
    let threads = (0..<200).map { _ in run() }
    #expect(threads[150...].allSatisfy { $0 == 1 })
  }

  @Test func oneLuckyRunDoesNotDecide() {
    let time = Lock(0.0)
    let choice = ThreadChoice { time.withLock { $0 } }
    var threads = 0
    for run in 0..<60 {
      choice.run(on: workers) { workers in
        threads = workers.threadCount
        time.withLock { $0 += (threads == 1 ? 30 : run == 5 ? 10 : 40) * 1e-6 }
      }
    }
    #expect(threads == 1)
  }

  @Test func isFoundByCallersThatOverlap() {
    let time = Lock(0.0)
    let choice = ThreadChoice { time.withLock { $0 } }
    func run(_ depth: Int) -> Int {
      var threads = 0
      choice.run(on: workers) { workers in
        threads = workers.threadCount
        if depth > 1 { _ = run(depth - 1) }
        time.withLock { $0 += (threads == 1 ? 10 : 40) * 1e-6 }
      }
      return threads
    }
    for _ in 0..<30 { _ = run(4) }
    #expect(run(1) == 1)
  }

  @Test func hasOneThreadWhereThereIsOne() {
    var threads = 0
    ThreadChoice().run(on: .single) { threads = $0.threadCount }
    #expect(threads == 1)
  }
}

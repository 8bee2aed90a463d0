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
    #expect(threads[..<18].contains(1))
    #expect(threads[18..<6018].allSatisfy { $0 == 2 })
    #expect(threads[6018...].contains(1), "tries again")
  }

  @Test func leavesRunsAloneThatThreadsMakeSlower() {
    #expect(threads(of: 40, alone: 30, shared: 40)[18...].allSatisfy { $0 == 1 })
  }

  @Test func neverRunsLongOnesAlone() {
    #expect(threads(of: 30, alone: 10, shared: 1000).allSatisfy { $0 == 2 })
  }

  @Test func hasOneThreadWhereThereIsOne() {
    var threads = 0
    ThreadChoice().run(on: .single) { threads = $0.threadCount }
    #expect(threads == 1)
  }
}

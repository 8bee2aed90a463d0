import Tensors
import Testing

@Suite struct RoundTests {
  /// What the parts of each round did.
  private struct Log {
    var parts: [Int: Set<Int>] = [:]
    var counts: [Int: Int] = [:]
    var last = -1
    var early = 0
  }

  @Test(arguments: [1, 2, 5]) func roundsFollowEachOther(threads: Int) {
    let log = Lock(Log())
    WorkerPool(threadCount: threads).forEachRound(of: 2000) { round, part, parts in
      log.withLock { log in
        let isComplete = round == 0 || log.parts[round - 1]?.count == log.counts[round - 1]
        if !isComplete || round < log.last { log.early += 1 }
        log.last = round
        log.counts[round] = parts
        log.parts[round, default: []].insert(part)
      }
    }
    let done = log.withLock { $0 }
    #expect(done.early == 0)
    #expect(done.parts.count == 2000)
    #expect(done.parts.allSatisfy { $0.value == Set(0..<(done.counts[$0.key] ?? 0)) })
    #expect(done.counts.values.allSatisfy { 1...threads ~= $0 })
  }

  @Test func oneThreadIsEnoughWhereTheOthersAreBusy() {
    let pool = WorkerPool(threadCount: 2)
    let rounds = Lock(0)
    pool.forEachRange(of: 2, grain: 1) { _ in
      pool.forEachRound(of: 10) { _, part, parts in
        if part == 0, parts == 1 { rounds.withLock { $0 += 1 } }
      }
    }
    #expect(rounds.withLock { $0 } == 20)
  }
}

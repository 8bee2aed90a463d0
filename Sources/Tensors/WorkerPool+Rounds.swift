import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension WorkerPool {
  /// Calls `body` for every round in turn, each shared by as many threads as are there when it
  /// begins: `body(round, part, parts)` does one part of it, and no round begins before all parts of
  /// the one before are done.
  ///
  /// A round costs what a cache line takes there and back between two processors, a fraction of a
  /// microsecond; ``forEachRange(of:grain:_:)`` costs several.
  package func forEachRound(
    of count: Int, _ body: (_ round: Int, _ part: Int, _ parts: Int) -> Void
  ) {
    let rounds = Rounds(count: count)
    forEachRange(of: threadCount, grain: 1) { members in
      for member in members {
        if member == 0 { rounds.lead(body) } else { rounds.follow(body) }
      }
    }
  }
}

/// Rounds that one thread leads and others follow.
///
/// Whoever gets the first member leads, and never waits for threads that have not come: those that
/// come later take part from the next round on.
private final class Rounds: Sendable {
  private let count: Int
  /// The followers that have come.
  private let followers = Atomic<Int>(0)
  /// The round, counted from one, and its parts; `over` at the end.
  private let turn = Atomic<Int>(0)
  /// The followers that are done with the turn's round.
  private let done = Atomic<Int>(0)
  private static let over = -1
  private static let mostParts = 1 << 10
  private static let spins = 20_000

  init(count: Int) {
    self.count = count
  }

  func lead(_ body: (Int, Int, Int) -> Void) {
    for round in 0..<count {
      let parts = 1 + min(followers.load(ordering: .acquiring), Self.mostParts - 2)
      if parts > 1 {
        done.store(0, ordering: .relaxed)
        turn.store((round + 1) * Self.mostParts + parts, ordering: .releasing)
      }
      body(round, 0, parts)
      wait { parts == 1 || done.load(ordering: .acquiring) == parts - 1 }
    }
    turn.store(Self.over, ordering: .releasing)
  }

  func follow(_ body: (Int, Int, Int) -> Void) {
    if turn.load(ordering: .acquiring) == Self.over { return }
    let part = followers.add(1, ordering: .acquiringAndReleasing).newValue
    var seen = 0
    while true {
      var next = seen
      wait {
        next = turn.load(ordering: .acquiring)
        return next != seen
      }
      if next == Self.over { return }
      seen = next
      let (round, parts) = (next / Self.mostParts - 1, next % Self.mostParts)
      guard part < parts else { continue }
      body(round, part, parts)
      done.add(1, ordering: .releasing)
    }
  }

  /// Waits awake; a thread that waits for long lets others run.
  private func wait(until condition: () -> Bool) {
    var spin = 0
    while !condition() {
      if spin < Self.spins { ck_pause() } else { sched_yield() }
      spin += 1
    }
  }
}

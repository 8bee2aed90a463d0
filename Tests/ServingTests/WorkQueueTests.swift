import Foundation
import Serving
import Synchronization
import Testing

@Suite("Work that waits")
struct WorkQueueTests {
  private final class Token: Sendable {}

  @Test("keeps elements in order, and none that has been taken out")
  func fifo() {
    var fifo = Fifo<Token>()
    weak var first: Token?
    weak var second: Token?
    do {
      let tokens = (0..<5).map { _ in Token() }
      (first, second) = (tokens[0], tokens[1])
      for token in tokens.prefix(3) { fifo.append(token) }
      #expect(fifo.popFirst() === tokens[0])
      for token in tokens.suffix(2) { fifo.append(token) }
      #expect(fifo.count == 4)
      #expect(zip(fifo, tokens.dropFirst()).allSatisfy { $0 === $1 })
      #expect(
        fifo.popFirst(2).map { ObjectIdentifier($0) } == tokens[1...2].map(ObjectIdentifier.init))
      #expect(fifo.first === tokens[3])
    }
    #expect(first == nil && second == nil)
    #expect(fifo.popFirst(9).count == 2)
    #expect(fifo.isEmpty && fifo.popFirst() == nil)
  }

  @Test("does short jobs first, and a long one after so many of them")
  func order() {
    let queue = WorkQueue(threadCount: 1, limit: 40)
    let gate = DispatchSemaphore(value: 0)
    let begun = DispatchSemaphore(value: 0)
    let order = Mutex<[String]>([])
    _ = queue.submitLong {
      begun.signal()
      gate.wait()
    }
    begun.wait()
    for number in 0..<2 {
      #expect(queue.submitLong { order.withLock { $0.append("long \(number)") } })
    }
    for number in 0..<40 {
      #expect(queue.submit { order.withLock { $0.append("short \(number)") } })
    }
    #expect(!queue.submit {})
    gate.signal()
    queue.stop()
    let expected =
      (0..<16).map { "short \($0)" } + ["long 0"] + (16..<32).map { "short \($0)" } + ["long 1"]
      + (32..<40).map { "short \($0)" }
    #expect(order.withLock { $0 } == expected)
    #expect(!queue.submit {} && !queue.submitLong {})
  }

  @Test("keeps no job that has been done, though others go on waiting")
  func released() {
    let queue = WorkQueue(threadCount: 1, limit: 10)
    let gate = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    weak var token: Token?
    do {
      let kept = Token()
      token = kept
      _ = queue.submit { withExtendedLifetime(kept) {} }
    }
    for _ in 0..<3 {
      _ = queue.submit {
        done.signal()
        gate.wait()
      }
    }
    done.wait()
    #expect(token == nil)
    for _ in 0..<3 { gate.signal() }
    queue.stop()
  }
}

import Synchronization

/// How many bytes may be held for clients at a time.
final class ByteBudget: Sendable {
  /// Bytes that are held; they are given back when nothing refers to this any more.
  final class Lease: Sendable {
    private let budget: ByteBudget
    private let count: Int

    fileprivate init(_ budget: ByteBudget, _ count: Int) {
      self.budget = budget
      self.count = count
    }

    deinit {
      budget.held.subtract(count, ordering: .relaxed)
    }
  }

  private let limit: Int
  private let held = Atomic<Int>(0)

  /// A budget of `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// How many bytes are left; who asks alone gets any number.
  var left: Int {
    let held = held.load(ordering: .relaxed)
    return held == 0 ? .max : max(0, limit - held)
  }

  /// Holds `count` bytes; nil where so many are held already that the budget is used up.
  ///
  /// However many bytes are asked for, who asks alone gets them.
  func lease(_ count: Int) -> Lease? {
    let before = held.add(count, ordering: .relaxed).oldValue
    let lease = Lease(self, count)
    return before == 0 || before + count <= limit ? lease : nil
  }
}

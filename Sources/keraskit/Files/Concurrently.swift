import Tensors

/// Does two things at once.
enum Concurrently {
  /// What `first` and `second` give; fails with the first's error where both fail.
  static func both<First, Second>(
    _ first: () throws -> First, _ second: () throws -> Second
  ) throws -> (First, Second) {
    var results: (Result<First, any Error>?, Result<Second, any Error>?)
    WorkerPool(threadCount: 2).forEachRange(of: 2, grain: 1) { items in
      for item in items {
        if item == 0 { results.0 = Result(catching: first) }
        if item == 1 { results.1 = Result(catching: second) }
      }
    }
    guard let firstResult = results.0, let secondResult = results.1 else {
      preconditionFailure("the pool has to do both items")
    }
    return (try firstResult.get(), try secondResult.get())
  }
}

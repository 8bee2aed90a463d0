public import Tensors

/// What a layer may use while its calls are planned: a place for what all its plans share.
public struct PlanContext: Sendable {
  private let cache: PlanCache
  /// The most threads that a run may use.
  public let threadCount: Int
  /// Whether methods that round more than Keras's own are to be left out: Winograd's.
  public let isExact: Bool
  /// What the call's numbers are rounded to after each of its operations; nil for none.
  package var rounding: Rounding?

  /// A context for one layer.
  public init(cache: PlanCache, threadCount: Int = 1, isExact: Bool = false) {
    self.cache = cache
    self.threadCount = threadCount
    self.isExact = isExact
  }

  /// What `make` gives, made once for the layer however many plans ask for it under `key`:
  /// weights packed for a kernel.
  public func shared<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value {
    cache.value(key, make)
  }
}

/// What the plans of one layer share.
public final class PlanCache: Sendable {
  private let values = Lock<[String: any Sendable]>([:])

  private let weights: [TensorStorage]

  /// An empty cache of a layer that has these weights; what a file holds of them leaves the memory
  /// once something was made of them.
  public init(weights: [TensorStorage] = []) {
    self.weights = weights
  }

  /// The bytes of the layer's weights.
  package var weightByteCount: Int { weights.reduce(0) { $0 + $1.bytes.count } }

  /// An empty cache of the same layer's.
  package func emptied() -> PlanCache { PlanCache(weights: weights) }

  fileprivate func value<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value {
    values.withLock { values in
      if let value = values[key] as? Value { return value }
      let value = make()
      values[key] = value
      for storage in weights { storage.releasePages() }
      return value
    }
  }
}

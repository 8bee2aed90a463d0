import Synchronization
import Tensors

/// Where the steps of a run tell that they cannot compute with what they are given.
///
/// A fault is the exception: a step that meets one writes its outputs all the same, and the run
/// ends behind it.
public final class StepFault: Sendable {
  private let first = Lock<String?>(nil)
  private let isSet = Atomic(false)

  /// No fault.
  public init() {}

  /// Notes a fault, unless there is one already.
  func note(_ reason: String) {
    first.withLock { first in
      if first == nil { first = reason }
    }
    isSet.store(true, ordering: .releasing)
  }

  /// The fault that the steps so far have met, which is forgotten.
  public func take() -> String? {
    guard isSet.load(ordering: .acquiring) else { return nil }
    isSet.store(false, ordering: .releasing)
    return first.withLock { first in
      defer { first = nil }
      return first
    }
  }
}

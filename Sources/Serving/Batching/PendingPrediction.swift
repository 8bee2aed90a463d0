import Tensors

/// Inputs that wait for a model, and what is done with its outputs.
struct PendingPrediction: Sendable {
  /// The inputs, one for each of the model's.
  let inputs: [Tensor]
  /// When they came, in ``monotonicNanoseconds()``.
  let arrival: UInt64
  /// When the answer comes too late.
  let deadline: UInt64?
  /// Whether nobody waits for the answer any more.
  let isAbandoned: @Sendable () -> Bool
  /// Takes the outputs, or why there are none; called once.
  let complete: @Sendable (Result<[Tensor], HTTPError>) -> Void

  /// The number of items, where the inputs agree on one.
  var itemCount: Int? {
    guard let count = inputs.first?.shape.dimensions.first, count > 0,
      inputs.allSatisfy({ $0.shape.dimensions.first == count })
    else { return nil }
    return count
  }

  /// Whether items of `other` may stand behind these in one batch.
  func goesWith(_ other: PendingPrediction) -> Bool {
    zip(inputs, other.inputs).allSatisfy {
      $0.elementType == $1.elementType
        && $0.shape.dimensions.dropFirst() == $1.shape.dimensions.dropFirst()
    }
  }
}

/// A layer that may go on where its last call ended: it takes states behind its first input and
/// gives states behind its other outputs.
package protocol StatefulLayer: Layer {
  /// Whether the model says that states are kept from one batch to the next.
  var isStateful: Bool { get }

  /// The outputs that are no states.
  var valueCount: Int { get }

  /// The states that a call takes and gives.
  var stateCount: Int { get }

  /// The same layer, with its states among its outputs.
  func givingStates() -> any StatefulLayer
}

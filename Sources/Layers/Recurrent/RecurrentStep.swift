/// The memory of one time step of some items.
struct RecurrentStep {
  /// The items.
  let items: Int
  /// The projection of the first item's time step; it may be overwritten.
  let projection: UnsafeMutablePointer<Float>
  /// From one item's projection to the next one's.
  let projectionStride: Int
  /// The first item's states.
  let states: UnsafeMutablePointer<Float>
  /// From one item's states to the next one's.
  let stateStride: Int
  /// Memory to work in.
  let scratch: UnsafeMutablePointer<Float>
}

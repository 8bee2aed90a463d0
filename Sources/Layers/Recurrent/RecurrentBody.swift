import Tensors

/// A recurrent cell that is ready to run for inputs of a known shape.
///
/// The part of a step that depends on the input alone, the projection, is computed for many time
/// steps at once; the rest follows step by step. Every item's states lie side by side in one row.
protocol RecurrentBody: Sendable {
  /// The numbers that the projection of one item's time step takes.
  var projectionSize: Int { get }
  /// The numbers that a step needs to work in, for each item.
  var scratchSize: Int { get }

  /// Projects `rows` time steps, which lie one behind the other.
  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool)

  /// Replaces the states of some items by those of the next time step.
  func advance(_ step: RecurrentStep)
}

import Tensors

/// A cell that rounds what every operation of Keras's cell gives: it multiplies the state in scratch
/// memory that is as wide as the projection.
protocol RoundedBody: RecurrentBody {
  /// The weights.
  var panels: RecurrentPanels { get }
  /// What numbers are rounded to.
  var rounding: Rounding { get }
  /// Whether the bias is a part of the projection.
  var addsBiasFirst: Bool { get }
}

extension RoundedBody {
  var projectionSize: Int { panels.width }
  var scratchSize: Int { panels.width }
  /// True, as for all cells but one.
  var addsBiasFirst: Bool { true }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    panels.project(x, projection, rows: rows, rounding, addsBias: addsBiasFirst, workers: workers)
  }
}

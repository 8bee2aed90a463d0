/// A layer whose products are taken over windows, which can reach beyond the input.
protocol WindowedLayer: FinishedLayer {
  var window: SpatialWindow { get set }
}

extension WindowedLayer {
  package func absorbing(_ operation: GraphOperation) -> (any Layer)? { widening(operation) }

  /// This layer with padding that its window reaches, or an operation that its finish does.
  func widening(_ operation: GraphOperation) -> (any Layer)? {
    guard case .padding(let margins) = operation else { return finishing(operation) }
    return window.padded(by: margins).map { window in
      var layer = self
      layer.window = window
      return layer
    }
  }
}

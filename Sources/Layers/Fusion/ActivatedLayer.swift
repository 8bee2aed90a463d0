import Tensors

/// A layer that can apply a function to its numbers as it computes them, and has none of its own.
protocol ActivatedLayer: AbsorbingLayer {
  /// The function applied; linear until one is absorbed.
  var activation: Activation { get set }
}

extension ActivatedLayer {
  package func absorbing(_ operation: GraphOperation) -> (any Layer)? { activated(by: operation) }

  /// This layer with a function as its activation; nil where it has one, or for other operations.
  func activated(by operation: GraphOperation) -> (any Layer)? {
    guard case .function(let function) = operation, activation == .linear else { return nil }
    var layer = self
    layer.activation = function
    return layer
  }
}

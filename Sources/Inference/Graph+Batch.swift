import Layers
import Tensors

extension Graph {
  /// Whether each item of a batch is computed by itself, so that a batch may be cut.
  ///
  /// A call with arguments may hold constants that broadcast against the batch: its results must
  /// have one item for one and two for two.
  func isBatchIndependent(_ probe: ShapeProbe) -> Bool {
    guard probe.isConsistent, probe.takesAnyBatch, !inputs.isEmpty else { return false }
    guard outputs.allSatisfy({ probe.openShape(of: $0).first == .some(nil) }) else { return false }
    return nodes.allSatisfy { node in
      node.layer.isBatchIndependent(for: call(of: node, probe.types))
        && (node.arguments.isEmpty
          || node.outputs.allSatisfy {
            probe.types[$0].shape.dimensions.first == 1
              && probe.varied[$0].shape.dimensions.first == 2
          })
    }
  }
}

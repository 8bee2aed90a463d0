import Layers
import Tensors

extension Graph {
  /// The graph that computes `results` alone, as passes have rewritten it, and where it has them.
  ///
  /// - Parameters:
  ///   - passes: The passes, applied in the order of `GraphPass.allCases`.
  ///   - results: The values to compute.
  ///   - types: The types of all values for some inputs.
  /// - Returns: The graph, and the values in it that are the results.
  func rewritten(
    by passes: Set<GraphPass>, computing results: [Int], types: [TensorType]
  ) -> (graph: Graph, results: [Int]) {
    var rewritable = RewritableGraph(self, results: results, types: types)
    for pass in GraphPass.allCases where passes.contains(pass) { pass.rewrite(&rewritable) }
    var graph = self
    graph.nodes = rewritable.nodes.compactMap { $0 }
    return (graph, rewritable.results)
  }
}

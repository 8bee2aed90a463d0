import Layers
import ModelFormat
import Tensors

extension Graph {
  /// The calls whose outputs are as long as inputs ask for.
  private var measuringNodes: [(node: Node, layer: any MeasuringLayer)] {
    nodes.compactMap { node in
      (node.layer as? any MeasuringLayer).flatMap { $0.needsLength ? (node, $0) : nil }
    }
  }

  /// Whether some values are as long as inputs ask for.
  var measuresInputs: Bool { !measuringNodes.isEmpty }

  /// The lengths that some inputs ask for.
  func lengths(for inputs: [Tensor]) -> [Int: Int] {
    var lengths: [Int: Int] = [:]
    for (node, layer) in measuringNodes {
      guard let input = node.inputs.first, inputs.indices.contains(input),
        let output = node.outputs.first
      else { continue }
      lengths[output] = layer.length(for: inputs[input])
    }
    return lengths
  }

  /// The same graph, in which everything that is measured has the given length.
  func measured(as length: Int) -> Graph {
    var graph = self
    for (node, _) in measuringNodes {
      if let output = node.outputs.first { graph.lengths[output] = length }
    }
    return graph
  }

  /// The problems of calls that would have to measure what is no input of the model.
  var measuringProblems: [ModelProblem] {
    measuringNodes.filter { !inputs.indices.contains($0.node.inputs.first ?? -1) }.map {
      ModelProblem(
        .unsupported, layer: $0.node.name, className: $0.node.className,
        option: "output_sequence_length",
        reason: "expected a length, found none: the output's size would depend on what another "
          + "layer computes")
    }
  }
}

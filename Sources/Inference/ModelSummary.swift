import Layers
import ModelFormat
import Tensors

/// What a model is made of, call by call, as `model.summary()` tells it.
public struct ModelSummary: Sendable {
  /// One call of a layer.
  public struct Row: Sendable {
    /// The call's name.
    public let name: String
    /// The layer's class.
    public let className: String
    /// The shape of each output; nil for axes that depend on the input.
    public let outputShapes: [[Int?]]
    /// The elements of the layer's weights; zero for a layer that stands in an earlier row.
    public let parameterCount: Int
    /// The multiplications with an addition for one item, open axes counted as `openAxisSize`; nil
    /// where no size of open axes was found that suits the whole model.
    public let multiplyAdds: Int?
    /// The values that the call reads.
    public let inputs: [String]
  }

  /// The calls in the order in which they run.
  public let rows: [Row]
  /// The size that open axes were given to count multiplications; nil where there are none.
  public let openAxisSize: Int?

  /// The elements of all weights.
  public var parameterCount: Int { rows.reduce(0) { $0 + $1.parameterCount } }
  /// The multiplications with an addition for one item; nil where they are not known.
  public var multiplyAdds: Int? {
    rows.reduce(0) { sum, row in sum.flatMap { sum in row.multiplyAdds.map { sum + $0 } } }
  }
}

extension Model {
  /// The model's calls with their shapes and sizes.
  public func summary() -> ModelSummary {
    guard let probe = try? graph.probe() else {
      return ModelSummary(rows: [], openAxisSize: nil)
    }
    let types = probe.types
    let rows = graph.nodes.map { node in
      var call = graph.call(of: node, types)
      call.outputs = node.outputs.map { types[$0] }
      return ModelSummary.Row(
        name: node.name, className: node.className,
        outputShapes: node.outputs.map(probe.openShape),
        parameterCount: node.parameterCount,
        multiplyAdds: probe.isConsistent ? node.layer.multiplyAdds(for: call) : nil,
        inputs: node.inputs.map { graph.valueNames[$0] })
    }
    let openSizes = graph.inputs.enumerated().flatMap { index, input in
      input.shape.enumerated().dropFirst().compactMap { axis, size in
        size == nil ? types[index].shape[axis] : nil
      }
    }
    return ModelSummary(rows: rows, openAxisSize: probe.isConsistent ? openSizes.first : nil)
  }
}

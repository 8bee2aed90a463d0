import Layers
import Tensors

/// A graph while passes rewrite it: calls that are merged into others leave a gap, and the values
/// that the graph is run for stay what they are.
struct RewritableGraph {
  /// The calls in the order in which they run; nil where one was taken away.
  private(set) var nodes: [Graph.Node?]
  /// The values to compute.
  private(set) var results: [Int]
  /// The type of every value.
  let types: [TensorType]

  init(_ graph: Graph, results: [Int], types: [TensorType]) {
    nodes = graph.nodes
    self.results = results
    self.types = types
  }

  /// What the call at `index` does, where passes know.
  func operation(at index: Int) -> GraphOperation? {
    guard let node = nodes[index], let layer = node.layer as? any AbsorbableLayer,
      let input = node.inputs.first, node.outputs.count == 1, node.keywords.isEmpty,
      node.arguments.isEmpty
    else { return nil }
    let operation = layer.operation(rank: types[input].shape.rank)
    switch operation {
    // Those of whole numbers lose bits.
    case .sum?, .product?:
      guard node.inputs.allSatisfy({ types[$0].elementType.isFloatingPoint }) else { return nil }
    default: break
    }
    // What is rounded in between cannot be done at once.
    if node.rounding != nil, case .identity? = operation { return operation }
    return node.rounding == nil ? operation : nil
  }

  /// The call that gives `value`, if it can absorb others and nothing but one call reads it.
  func absorber(of value: Int) -> (index: Int, layer: any AbsorbingLayer)? {
    guard readCount(of: value) == 1, types[value].elementType.isFloatingPoint,
      let index = nodes.firstIndex(where: { $0?.outputs == [value] }),
      nodes[index]?.rounding == nil,
      let layer = nodes[index]?.layer as? any AbsorbingLayer
    else { return nil }
    return (index, layer)
  }

  /// How often `value` is read: by calls, and as a result.
  func readCount(of value: Int) -> Int {
    var count = results.count { $0 == value }
    for case let node? in nodes { count += node.inputs.count { $0 == value } }
    return count
  }

  /// Takes the call at `index` away; whoever read its output reads `value`.
  mutating func remove(_ index: Int, reading value: Int) {
    guard let output = nodes[index]?.outputs.first else { return }
    nodes[index] = nil
    results = results.map { $0 == output ? value : $0 }
    for position in nodes.indices {
      guard let inputs = nodes[position]?.inputs else { continue }
      nodes[position]?.inputs = inputs.map { $0 == output ? value : $0 }
    }
  }

  /// Takes the call at `index` away, whose work `reader`, the only call that reads what it gives,
  /// does as `layer` along with its own: it reads `input` instead, and `factors` behind its inputs.
  mutating func absorb(
    _ index: Int, into reader: Int, as layer: any Layer, reading input: Int, factors: Int? = nil
  ) {
    guard let first = nodes[index], var node = nodes[reader] else { return }
    node.name = first.name + "+" + node.name
    node.layer = layer
    node.cache = node.cache.emptied()
    node.parameterCount += first.parameterCount
    if let factors {
      node.keywords[factorsKeyword] = node.inputs.count
      node.inputs.append(factors)
    }
    nodes[reader] = node
    remove(index, reading: input)
  }

  /// Puts one call in the place of two: `layer`, which does the work of both, stands at the later
  /// one's place, reads what `first` read (and `residual` behind it) and gives what `second` gave.
  mutating func merge(_ first: Int, _ second: Int, as layer: any Layer, adding residual: Int? = nil)
  {
    guard var node = nodes[first], let later = nodes[second] else { return }
    node.name += "+" + later.name
    node.layer = layer
    node.cache = node.cache.emptied()
    node.outputs = later.outputs
    node.parameterCount += later.parameterCount
    if let residual {
      node.keywords[residualKeyword] = node.inputs.count
      node.inputs.append(residual)
    }
    nodes[first] = nil
    nodes[second] = node
  }
}

import Layers
import ModelFormat

extension Graph {
  /// A graph whose stateful layers give their states, and the values that these are.
  struct WithStates {
    var graph: Graph
    /// The states behind each layer's last call, layer by layer.
    var last: [Int] = []
    /// The layers' first calls, and how many of the states are theirs.
    var firstCalls: [(node: Int, count: Int)] = []
  }

  /// Whether some layer keeps its states from one batch to the next.
  var isStateful: Bool {
    nodes.contains { ($0.layer as? any StatefulLayer)?.isStateful == true }
  }

  /// The graph in which states of stateful layers are outputs, and go from each call of a layer to
  /// the next.
  ///
  /// - Throws: Where a stateful layer is called twice and nothing tells which call comes first.
  func givingStates() throws(ModelProblem) -> WithStates {
    var result = WithStates(graph: self)
    var layers: [ObjectIdentifier] = []
    var states: [ObjectIdentifier: [Int]] = [:]
    var calls: [ObjectIdentifier: Int] = [:]
    for index in nodes.indices {
      guard let layer = nodes[index].layer as? any StatefulLayer, layer.isStateful else { continue }
      let identity = ObjectIdentifier(nodes[index].cache)
      let given = result.graph.giveStates(of: layer, node: index)
      if let earlier = states[identity], let call = calls[identity] {
        guard depends(index, on: call) else {
          throw ModelProblem(
            .unsupported, layer: nodes[index].name, className: nodes[index].className,
            option: "stateful",
            reason: "expected calls that follow each other, found two that do not depend on each "
              + "other, so that their order is not told")
        }
        if !nodes[index].hasInitialStates { result.graph.nodes[index].insert(states: earlier) }
      } else {
        layers.append(identity)
        result.firstCalls.append((index, layer.stateCount))
      }
      states[identity] = given
      calls[identity] = index
    }
    result.last = layers.flatMap { states[$0] ?? [] }
    return result
  }

  /// Whether a call reads, through others or by itself, what an earlier one gives.
  private func depends(_ later: Int, on earlier: Int) -> Bool {
    var reached = Set(nodes[earlier].outputs)
    for node in nodes[(earlier + 1)...later] where !reached.isDisjoint(with: node.inputs) {
      reached.formUnion(node.outputs)
    }
    return !reached.isDisjoint(with: nodes[later].inputs)
  }

  /// Lets a call give its layer's states, and tells the values that these are.
  private mutating func giveStates(of layer: any StatefulLayer, node index: Int) -> [Int] {
    nodes[index].layer = layer.givingStates()
    let count = layer.valueCount + layer.stateCount
    for output in nodes[index].outputs.count..<max(count, nodes[index].outputs.count) {
      nodes[index].outputs.append(define("\(nodes[index].name):\(output)"))
    }
    return Array(nodes[index].outputs[layer.valueCount..<count])
  }
}

extension Graph.WithStates {
  /// The graph that goes on from states, which are inputs behind the model's own.
  ///
  /// - Parameters:
  ///   - ports: The states, in the order of ``last``.
  ///   - replacesGiven: Whether kept states go before those that the model gives a call.
  /// - Returns: The graph.
  func takingStates(_ ports: [ModelPort], replacesGiven: Bool) -> Graph {
    var result = graph.shifted(by: ports)
    var next = graph.inputs.count
    for (node, count) in firstCalls {
      let states = Array(next..<(next + count))
      next += count
      if !result.nodes[node].hasInitialStates {
        result.nodes[node].insert(states: states)
      } else if replacesGiven {
        result.nodes[node].inputs.replaceSubrange(1...count, with: states)
      }
    }
    return result
  }
}

extension Graph {
  /// The same graph with further inputs behind its own, which nothing reads yet.
  fileprivate func shifted(by ports: [ModelPort]) -> Graph {
    let first = inputs.count
    func place(_ value: Int) -> Int { value < first ? value : value + ports.count }
    var result = self
    result.inputs += ports.map {
      InputDescription(name: $0.name, shape: $0.shape, elementType: $0.elementType)
    }
    result.valueNames.insert(contentsOf: ports.map(\.name), at: first)
    result.values = values.mapValues(place)
    result.outputs = outputs.map(place)
    result.lengths = Dictionary(uniqueKeysWithValues: lengths.map { (place($0), $1) })
    for index in nodes.indices {
      result.nodes[index].inputs = nodes[index].inputs.map(place)
      result.nodes[index].outputs = nodes[index].outputs.map(place)
    }
    return result
  }
}

extension Graph.Node {
  /// Whether the model gives the call states to start from.
  fileprivate var hasInitialStates: Bool { inputs.count - keywords.count > 1 }

  /// Lets a call that is given no states start from some.
  fileprivate mutating func insert(states: [Int]) {
    inputs.insert(contentsOf: states, at: inputs.count - keywords.count)
    keywords = keywords.mapValues { $0 + states.count }
  }
}

import Layers
import ModelFormat
import Tensors

extension Graph {
  /// Finds out which calls compute in 16 bits, and has their inputs rounded.
  ///
  /// A layer does by its policy, and an operation where its inputs are of 16 bits.
  ///
  /// - Parameter probe: The types of all values, to which those of values that are new are added.
  mutating func round(_ probe: inout ShapeProbe) {
    var kinds = [NumberKind](repeating: .any, count: valueNames.count)
    guard
      nodes.contains(where: { $0.kind?.rounding != nil })
        || inputs.contains(where: { Rounding($0.elementType) != nil })
    else { return }
    for (place, input) in inputs.enumerated() {
      kinds[place] = NumberKind(input.elementType) ?? .any
    }
    var rounded: [Node] = []
    var copies: [Int: [Rounding: Int]] = [:]
    for node in nodes {
      var node = node
      let kind =
        keepsWholeNumbers(node, kinds, probe) ? .any : node.kind ?? met(by: node, kinds, probe)
      node.rounding = kind.rounding ?? given(to: node, kinds)
      if let rounding = kind.rounding, node.isLayer, node.layer.castsInputs {
        for (index, value) in node.inputs.enumerated()
        where kinds[value] != kind && probe.types[value].elementType == .float32 {
          let copy = copies[value]?[rounding] ?? append(valueNames[value], kind, &kinds)
          if copies[value]?[rounding] == nil {
            copies[value, default: [:]][rounding] = copy
            probe.types.append(probe.types[value])
            probe.varied.append(probe.varied[value])
            rounded.append(Node(rounding: value, to: copy, rounding, for: node))
          }
          node.inputs[index] = copy
        }
      }
      for output in node.outputs { kinds[output] = kind }
      rounded.append(node)
    }
    nodes = rounded
    isRounded = true
  }

  /// Whether a call is one of whole numbers alone, or of what such a call gave, which its layer's
  /// policy does not change.
  private func keepsWholeNumbers(
    _ node: Node, _ kinds: [NumberKind], _ probe: ShapeProbe
  ) -> Bool {
    guard node.isLayer, !node.layer.convertsWholeNumbers else { return false }
    return node.inputs.allSatisfy { value in
      kinds[value] == .any || !probe.types[value].elementType.isFloatingPoint
    }
  }

  /// What a layer rounds its outputs to that gives them the type of its first input.
  private func given(to node: Node, _ kinds: [NumberKind]) -> Rounding? {
    guard case .cast = node.layer.outputFit, !node.layer.castsInputs else { return nil }
    return node.inputs.first.flatMap { kinds[$0].rounding }
  }

  /// The kind of what an operation gives.
  private func met(
    by node: Node, _ kinds: [NumberKind], _ probe: ShapeProbe
  ) -> NumberKind {
    var kind = NumberKind.any
    // What an importer puts between layers hands on its first input.
    for value in node.inputs.prefix(node.isLayer ? 1 : node.inputs.count)
    where probe.types[value].elementType == .float32 {
      kind = kind.meeting(kinds[value])
    }
    for constant in node.arguments.values {
      let type = constant["config"]?["dtype"]?.string.flatMap(ElementType.init)
      kind = kind.meeting(type.flatMap { NumberKind($0) } ?? .any)
    }
    return kind
  }

  private mutating func append(
    _ name: String, _ kind: NumberKind, _ kinds: inout [NumberKind]
  ) -> Int {
    valueNames.append(name)
    kinds.append(kind)
    return valueNames.count - 1
  }
}

extension Graph.Node {
  /// A call that rounds a value for another call.
  fileprivate init(rounding value: Int, to copy: Int, _ rounding: Rounding, for node: Graph.Node) {
    self.init(
      name: node.name, className: "Cast", layer: RoundedInput(rounding), cache: PlanCache(),
      inputs: [value], keywords: [:], arguments: [:], outputs: [copy], parameterCount: 0)
  }
}

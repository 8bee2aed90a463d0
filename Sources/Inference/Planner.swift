import Layers
import ModelFormat
import Tensors

/// Turns the calls of a graph into steps: finds those that are needed, has their steps made, and
/// gives every value and every step's scratch memory a place in the arena.
struct Planner {
  private let graph: Graph
  private let types: [TensorType]
  private let results: [Int]
  private var steps: [(node: Int, body: @Sendable (StepBuffers) -> Void, blocks: Blocks)] = []
  private var arena = ArenaLayout()
  /// The block that holds each value; nil for the values that lie in the caller's inputs.
  private var blockOfValue: [Int?]
  private var inputOfValue: [Int?]

  private struct Blocks {
    var inputs: [BlockOrInput]
    var outputs: [Int]
    var scratch: Int?
  }

  private enum BlockOrInput {
    case block(Int)
    case input(Int)
  }

  init(graph: Graph, types: [TensorType], results: [Int]) {
    self.graph = graph
    self.types = types
    self.results = results
    blockOfValue = Array(repeating: nil, count: types.count)
    inputOfValue = types.indices.map { $0 < graph.inputs.count ? $0 : nil }
  }

  /// Plans the steps that `maker` makes with the help of `workers`.
  mutating func plan(_ maker: StepMaker, _ workers: WorkerPool) throws(ModelProblem) {
    let nodes = neededNodes()
    for (index, made) in zip(nodes, try maker.steps(of: nodes, on: workers)) {
      add(made, index)
    }
    for value in results {
      if let block = blockOfValue[value] { arena.keep(block, until: .max) }
    }
    arena.assignOffsets()
  }

  var arenaByteCount: Int { arena.byteCount }

  func place(of value: Int) -> Plan.Place {
    if let input = inputOfValue[value] { return .input(input) }
    return .arena(offset: blockOfValue[value].map { arena.offset(of: $0) } ?? 0)
  }

  func placedSteps() -> [Plan.PlannedStep] {
    steps.map { step in
      Plan.PlannedStep(
        body: step.body,
        inputs: step.blocks.inputs.map { source in
          switch source {
          case .block(let block): .arena(offset: arena.offset(of: block))
          case .input(let index): .input(index)
          }
        },
        outputs: step.blocks.outputs.map { arena.offset(of: $0) },
        scratch: step.blocks.scratch.map { arena.offset(of: $0) } ?? 0, node: step.node)
    }
  }

  /// The nodes that the results depend on, in order.
  private func neededNodes() -> [Int] {
    var neededValues = Set(results)
    var needed: [Int] = []
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: neededValues.contains) {
      needed.append(index)
      neededValues.formUnion(node.inputs)
    }
    return needed.reversed()
  }

  private mutating func add(_ made: StepMaker.Made, _ index: Int) {
    let (call, step) = made
    let node = graph.nodes[index]
    let sources = zip(node.inputs, call.inputs).map { convertedSource($0, $1, index) }
    switch step.action {
    case .view:
      for value in node.outputs { share(sources[0], with: value) }
    case .run(let scratchBytes, let body):
      let time = steps.count
      for case .block(let block) in sources { arena.keep(block, until: time) }
      // Outputs that nobody reads are written all the same.
      let outputs = call.outputs.map { arena.addBlock($0.byteCount, from: time) }
      for (value, block) in zip(node.outputs, outputs) { blockOfValue[value] = block }
      let scratch = scratchBytes > 0 ? arena.addBlock(scratchBytes, from: time) : nil
      steps.append((index, body, Blocks(inputs: sources, outputs: outputs, scratch: scratch)))
    }
  }

  private mutating func share(_ source: BlockOrInput, with value: Int) {
    switch source {
    case .block(let block): blockOfValue[value] = block
    case .input(let input): inputOfValue[value] = input
    }
  }

  /// Where a value lies as elements of the type that a layer takes; a step that converts it is
  /// added where it has others.
  private mutating func convertedSource(
    _ value: Int, _ type: TensorType, _ node: Int
  ) -> BlockOrInput {
    let source: BlockOrInput
    if let input = inputOfValue[value] {
      source = .input(input)
    } else {
      source = .block(blockOfValue[value] ?? 0)
    }
    let from = types[value].elementType
    if from == type.elementType { return source }
    let time = steps.count
    if case .block(let block) = source { arena.keep(block, until: time) }
    let count = type.shape.elementCount
    let to = type.elementType
    let converted = arena.addBlock(type.byteCount, from: time)
    steps.append(
      (
        node,
        { buffers in
          convertElements(
            count, buffers.inputBytes(0), from, buffers.outputBytes(), to)
        }, Blocks(inputs: [source], outputs: [converted], scratch: nil)
      ))
    return .block(converted)
  }
}

import Layers
import ModelFormat
import Tensors

/// Turns the calls of a graph into steps: finds those that are needed, asks each layer for its
/// step, and gives every value and every step's scratch memory a place in the arena.
struct Planner {
  private let graph: Graph
  private let types: [TensorType]
  private let results: [Int]
  private let threads: Int
  private let options: PlanOptions
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

  init(graph: Graph, types: [TensorType], results: [Int], threads: Int, _ options: PlanOptions) {
    self.graph = graph
    self.types = types
    self.results = results
    self.threads = threads
    self.options = options
    blockOfValue = Array(repeating: nil, count: types.count)
    inputOfValue = types.indices.map { $0 < graph.inputs.count ? $0 : nil }
  }

  mutating func plan() throws(ModelProblem) {
    let needed = neededNodes()
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      try add(node, index)
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

  /// Which nodes the results depend on.
  private func neededNodes() -> [Bool] {
    var neededValues = Set(results)
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: neededValues.contains) {
      needed[index] = true
      neededValues.formUnion(node.inputs)
    }
    return needed
  }

  private mutating func add(_ node: Graph.Node, _ index: Int) throws(ModelProblem) {
    var call = graph.call(of: node, types)
    let step: Step
    do throws(LayerError) {
      call.outputs = try node.layer.outputTypes(for: call)
      try call.checkResidual()
      let context = PlanContext(
        cache: node.cache, threadCount: threads, isExact: options.isExact)
      step = try node.layer.makeStep(for: call, in: context)
    } catch {
      throw ModelProblem(
        .invalid, layer: node.name, className: node.className, reason: error.description)
    }
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

import Layers
import ModelFormat
import Tensors

/// Asks the layers of a graph for their steps, on several threads: making a step packs its weights,
/// which is most of what a model's first answer waits for.
struct StepMaker {
  /// A call with its outputs' types, and the step that computes it.
  typealias Made = (call: LayerCall, step: Step)

  let graph: Graph
  let types: [TensorType]
  /// The most threads that a run may use.
  let threads: Int
  let options: PlanOptions

  /// The bytes of weights from which on it pays to wake other threads.
  private static let sharedBytes = 1 << 20

  /// The steps of some nodes, in the nodes' order.
  ///
  /// - Throws: The problem of the first node that has one.
  func steps(of nodes: [Int], on workers: WorkerPool) throws(ModelProblem) -> [Made] {
    let bytes = nodes.reduce(0) { $0 + graph.nodes[$1].cache.weightByteCount }
    let workers = bytes < Self.sharedBytes ? .single : workers
    let made = Lock([Result<Made, ModelProblem>?](repeating: nil, count: nodes.count))
    // Layers grow towards the end of many models: a share takes nodes from everywhere.
    let shares = min(nodes.count, workers.threadCount * 4)
    workers.forEachRange(of: shares, grain: 1) { range in
      for share in range {
        for index in stride(from: share, to: nodes.count, by: shares) {
          let result = result(of: graph.nodes[nodes[index]])
          made.withLock { $0[index] = result }
        }
      }
    }
    var steps: [Made] = []
    for case .some(let result) in made.withLock({ $0 }) { steps.append(try result.get()) }
    return steps
  }

  private func result(of node: Graph.Node) -> Result<Made, ModelProblem> {
    var call = graph.call(of: node, types)
    do throws(LayerError) {
      call.outputs = try node.layer.outputTypes(for: call)
      try call.checkResidual()
      var context = PlanContext(
        cache: node.cache, threadCount: threads, isExact: options.isExact)
      context.rounding = node.rounding
      let step = try node.layer.makeStep(for: call, in: context)
      let input = node.inputs.first.map { types[$0].elementType } ?? .float32
      let finished =
        step
        .fitted(node.layer.outputFit, to: input, call.outputs)
        .rounded(by: node.rounding, call.outputs)
      return .success((call, finished))
    } catch {
      return .failure(
        ModelProblem(
          .invalid, layer: node.name, className: node.className, reason: error.description))
    }
  }
}

import Layers
import ModelFormat
package import Tensors

/// Runs a model on one batch and tells when each step of its plan began.
package struct StepProfiler {
  /// One step of the plan.
  package struct Step: Sendable {
    /// The name of the call that the step belongs to.
    package let name: String
    /// The class of the layer; `convert` for a step that changes its input's element type.
    package let className: String
    /// The multiplications with an addition.
    package let multiplyAdds: Int
    /// The bytes that are read and written: inputs, weights and outputs, each once.
    package let byteCount: Int
  }

  /// The steps in the order in which they run.
  package let steps: [Step]
  /// The items that one run computes.
  package let batch: Int
  private let inputs: [Tensor]
  private let workspace: Workspace
  private let workers: WorkerPool

  init(
    _ inputs: [Tensor], steps: [Step], workspace: Workspace, workers: WorkerPool
  ) {
    self.inputs = inputs
    self.steps = steps
    self.workspace = workspace
    self.workers = workers
    batch = inputs.first.map { $0.shape.rank > 0 ? $0.shape[0] : 1 } ?? 1
  }

  /// Runs every step once.
  ///
  /// - Parameter now: A clock, in seconds.
  /// - Returns: The moment at which each step began, and that at which the last one ended.
  package func run(clock now: () -> Double) -> [Double] {
    let addresses = inputs.map { $0.withBytes { $0.baseAddress } }
    return withExtendedLifetime(inputs) {
      workspace.run(addresses, workers: workers, marking: now)
    }
  }
}

extension Model {
  /// A profiler of predictions for `inputs`, or for their first items where ``predict(_:)`` cuts
  /// so large a batch.
  ///
  /// - Throws: ``PredictionError`` where an input does not fit the model.
  package func profiler(_ inputs: [Tensor]) throws(PredictionError) -> StepProfiler {
    var tensors = try checked(inputs)
    var workers = workers
    if let piece = try cut(tensors, graph.outputs)?.pieces.first {
      tensors = tensors.map { $0.items(piece) }
      workers = .single
    }
    let types = tensors.map(\.type)
    do throws(ModelProblem) {
      let plan = try plans.entry(
        for: types, graph.outputs, threads: workers.threadCount,
        lengths: graph.lengths(for: tensors), makingWith: self.workers
      ).plan
      return StepProfiler(
        tensors, steps: plan.profiledSteps(try plan.graph.types(for: types)),
        workspace: Workspace(plan), workers: workers)
    } catch {
      throw .problem(error)
    }
  }
}

extension Plan {
  /// What each step does, for values of the given types.
  fileprivate func profiledSteps(_ types: [TensorType]) -> [StepProfiler.Step] {
    steps.indices.map { index in
      let place = steps[index].node
      let node = graph.nodes[place]
      var call = graph.call(of: node, types)
      if index + 1 < steps.count, steps[index + 1].node == place {
        // A step before the layer's own converts one input.
        return StepProfiler.Step(
          name: node.name, className: "convert", multiplyAdds: 0,
          byteCount: call.inputs.reduce(0) { $0 + $1.byteCount })
      }
      call.outputs = node.outputs.map { types[$0] }
      let values = (call.inputs + call.outputs).reduce(0) { $0 + $1.byteCount }
      return StepProfiler.Step(
        name: node.name, className: node.className,
        multiplyAdds: node.layer.multiplyAdds(for: call),
        byteCount: values + weightCount(of: node) * MemoryLayout<Float>.stride)
    }
  }

  /// The elements of a node's weights, also where an earlier call of the layer counts them.
  private func weightCount(of node: Graph.Node) -> Int {
    graph.nodes.first { $0.cache === node.cache }?.parameterCount ?? 0
  }
}

import Layers
import ModelFormat
import Tensors

/// How a model runs for inputs of given types: its steps in order, and where in the arena every
/// value lies.
final class Plan: Sendable {
  /// A value's place: in one of the caller's input tensors, or in the arena.
  enum Place: Sendable {
    case input(Int)
    case arena(offset: Int)
  }

  /// One step and the values it works on.
  struct PlannedStep: Sendable {
    var body: @Sendable (StepBuffers) -> Void
    var inputs: [Place]
    var outputs: [Int]
    var scratch: Int
    var node: Int
  }

  /// The graph whose calls the steps are.
  let graph: Graph
  let steps: [PlannedStep]
  let arenaByteCount: Int
  let results: [Place]
  let resultTypes: [TensorType]

  /// Plans the calls that `values` need, for a run on at most `threads` threads, with the help of
  /// `workers`.
  init(
    _ graph: Graph, inputTypes: [TensorType], values: [Int], threads: Int, _ options: PlanOptions,
    _ workers: WorkerPool
  ) throws(ModelProblem) {
    let types = try graph.types(for: inputTypes)
    var planner = Planner(graph: graph, types: types, results: values)
    try planner.plan(
      StepMaker(graph: graph, types: types, threads: threads, options: options), workers)
    self.graph = graph
    steps = planner.placedSteps()
    arenaByteCount = planner.arenaByteCount
    results = values.map { planner.place(of: $0) }
    resultTypes = values.map { types[$0] }
  }
}

import Layers
import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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

  /// The memory of the machine, of which a run can take no more.
  private static let mostBytes =
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))

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
    arenaByteCount = planner.arenaByteCount
    guard arenaByteCount <= Self.mostBytes else {
      throw ModelProblem(
        .invalid,
        reason: "a run takes \(arenaByteCount) bytes, more than the machine's \(Self.mostBytes)")
    }
    self.graph = graph
    steps = planner.placedSteps()
    results = values.map { planner.place(of: $0) }
    resultTypes = values.map { types[$0] }
  }
}

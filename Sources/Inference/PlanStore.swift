import ModelFormat
import Tensors

/// The plans of a model by the types of its inputs; the least recently used are forgotten.
final class PlanStore: Sendable {
  /// A plan and the workspaces that nobody uses at present.
  final class Entry: Sendable {
    let plan: Plan
    let threads = ThreadChoice()
    private let idle = Lock<[Workspace]>([])
    private static let mostIdle = 8

    init(_ plan: Plan) {
      self.plan = plan
    }

    func takeWorkspace() -> Workspace {
      idle.withLock { $0.popLast() } ?? Workspace(plan)
    }

    func giveBack(_ workspace: Workspace) {
      idle.withLock { idle in
        if idle.count < Self.mostIdle { idle.append(workspace) }
      }
    }
  }

  private struct Key: Hashable {
    var inputTypes: [TensorType]
    var values: [Int]
    var threads: Int
    var lengths: [Int: Int]
  }

  /// A graph that passes have rewritten to compute some values.
  private typealias Rewritten = (graph: Graph, results: [Int])

  private struct State {
    var entries: [Key: (entry: Entry, lastUse: Int)] = [:]
    /// What was asked for last, most often what is asked for next: found without hashing.
    var recent: (key: Key, entry: Entry)?
    var graphs: [[Int]: Rewritten] = [:]
    var clock = 0
  }

  private let graph: Graph
  private let types: [TensorType]
  let options: PlanOptions
  private let state = Lock(State())
  private static let mostEntries = 32

  /// Plans of `graph`, whose values have the given types for some inputs.
  init(_ graph: Graph, types: [TensorType], _ options: PlanOptions) {
    self.graph = graph
    self.types = types
    self.options = options
  }

  /// The plan that computes `values` from inputs of the given types, which ask for the given
  /// lengths, on at most `threads` threads, made with the help of `workers` where there is none yet.
  func entry(
    for inputTypes: [TensorType], _ values: [Int], threads: Int, lengths: [Int: Int],
    makingWith workers: WorkerPool
  ) throws(ModelProblem) -> Entry {
    let key = Key(inputTypes: inputTypes, values: values, threads: threads, lengths: lengths)
    if let entry = find(key) { return entry }
    let entry = Entry(try plan(key, workers))
    state.withLock { state in
      if state.entries.count >= Self.mostEntries,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.entries[oldest.key] = nil
      }
      state.clock += 1
      state.entries[key] = (entry, state.clock)
      state.recent = (key, entry)
    }
    return entry
  }

  /// What passes assume of shapes holds for most inputs; for others the graph runs as it stands.
  private func plan(_ key: Key, _ workers: WorkerPool) throws(ModelProblem) -> Plan {
    var (graph, rewritten) = (graph, rewritten(key.values))
    graph.lengths = key.lengths
    rewritten.graph.lengths = key.lengths
    do throws(ModelProblem) {
      return try Plan(
        rewritten.graph, inputTypes: key.inputTypes, values: rewritten.results,
        threads: key.threads, options, workers)
    } catch {
      return try Plan(
        graph, inputTypes: key.inputTypes, values: key.values, threads: key.threads, options,
        workers)
    }
  }

  private func rewritten(_ values: [Int]) -> Rewritten {
    if let known = state.withLock({ $0.graphs[values] }) { return known }
    let rewritten = graph.rewritten(by: options.passes, computing: values, types: types)
    return state.withLock { state in
      if let known = state.graphs[values] { return known }
      if state.graphs.count >= Self.mostEntries { state.graphs = [:] }
      state.graphs[values] = rewritten
      return rewritten
    }
  }

  private func find(_ key: Key) -> Entry? {
    state.withLock { state in
      if let recent = state.recent, recent.key == key { return recent.entry }
      guard let found = state.entries[key] else { return nil }
      state.clock += 1
      state.entries[key]?.lastUse = state.clock
      state.recent = (key, found.entry)
      return found.entry
    }
  }
}

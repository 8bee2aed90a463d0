import ModelFormat
import Synchronization
import Tensors

/// The plans of a model by the types of its inputs; the least recently used are forgotten.
final class PlanStore: Sendable {
  /// A plan and the workspaces that nobody uses at present.
  final class Entry: Sendable {
    let plan: Plan
    private let idle = Mutex<[Workspace]>([])
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
  }

  private struct State {
    var entries: [Key: (entry: Entry, lastUse: Int)] = [:]
    var clock = 0
  }

  private let state = Mutex(State())
  private static let mostEntries = 16

  /// The plan for inputs of the given types, made where there is none yet.
  func entry(
    for inputTypes: [TensorType], _ values: [Int], _ graph: Graph
  ) throws(ModelProblem) -> Entry {
    let key = Key(inputTypes: inputTypes, values: values)
    if let entry = find(key) { return entry }
    let entry = Entry(try Plan(graph, inputTypes: inputTypes, values: values))
    state.withLock { state in
      if state.entries.count >= Self.mostEntries,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.entries[oldest.key] = nil
      }
      state.clock += 1
      state.entries[key] = (entry, state.clock)
    }
    return entry
  }

  private func find(_ key: Key) -> Entry? {
    state.withLock { state in
      guard let found = state.entries[key] else { return nil }
      state.clock += 1
      state.entries[key]?.lastUse = state.clock
      return found.entry
    }
  }
}

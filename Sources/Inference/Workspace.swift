import Layers
import Tensors

/// The memory that one run of a plan works in: the arena, and the addresses of every step's
/// buffers, written once.
final class Workspace: @unchecked Sendable {
  private let plan: Plan
  private let arena: UnsafeMutableRawPointer
  private let inputs: UnsafeMutablePointer<UnsafeRawPointer>
  private let outputs: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// Where in `inputs` the address of a tensor of the caller belongs.
  private let callerInputs: [(slot: Int, input: Int)]
  /// The steps in their order: no more of them than a run reads, since what is read is retained.
  private let runs: [Run]
  private let fault = StepFault()

  private struct Run {
    let body: @Sendable (StepBuffers) -> Void
    let inputs: UnsafePointer<UnsafeRawPointer>
    let outputs: UnsafePointer<UnsafeMutableRawPointer>
    let scratch: UnsafeMutableRawPointer
  }

  init(_ plan: Plan) {
    self.plan = plan
    // A quarter of a large page is soon worth one: its steps read from all over the arena.
    let page = UnsafeMutableRawPointer.largePage
    let byteCount = max(plan.arenaByteCount, 64)
    arena = .allocateAligned(byteCount: byteCount < page / 4 ? byteCount : max(byteCount, page))
    inputs = .allocate(capacity: plan.steps.reduce(1) { $0 + $1.inputs.count })
    outputs = .allocate(capacity: plan.steps.reduce(1) { $0 + $1.outputs.count })
    var callerInputs: [(slot: Int, input: Int)] = []
    var runs: [Run] = []
    var input = 0
    var output = 0
    for step in plan.steps {
      runs.append(
        Run(
          body: step.body, inputs: inputs + input, outputs: outputs + output,
          scratch: arena + step.scratch))
      for place in step.inputs {
        switch place {
        case .arena(let offset): (inputs + input).initialize(to: UnsafeRawPointer(arena + offset))
        case .input(let index):
          (inputs + input).initialize(to: UnsafeRawPointer(arena))
          callerInputs.append((input, index))
        }
        input += 1
      }
      for offset in step.outputs {
        (outputs + output).initialize(to: arena + offset)
        output += 1
      }
    }
    self.callerInputs = callerInputs
    self.runs = runs
  }

  deinit {
    arena.deallocate()
    inputs.deallocate()
    outputs.deallocate()
  }

  /// Runs every step on inputs at the given addresses; those of empty inputs may be nil.
  ///
  /// - Throws: What a step tells of an input that it cannot compute with.
  func run(_ addresses: [UnsafeRawPointer?], workers: WorkerPool) throws(PredictionError) {
    takeInputs(addresses)
    for index in runs.indices {
      run(index, workers)
      if let reason = fault.take() { throw failure(of: plan.steps[index], reason) }
    }
  }

  /// Runs as ``run(_:workers:)`` does, and notes what `now` tells before each step and at the end.
  func run(
    _ addresses: [UnsafeRawPointer?], workers: WorkerPool, marking now: () -> Double
  ) -> [Double] {
    takeInputs(addresses)
    var moments: [Double] = []
    moments.reserveCapacity(plan.steps.count + 1)
    for index in runs.indices {
      moments.append(now())
      run(index, workers)
    }
    moments.append(now())
    _ = fault.take()
    return moments
  }

  @inline(__always)
  private func run(_ index: Int, _ workers: WorkerPool) {
    runs[index].body(
      StepBuffers(
        inputs: runs[index].inputs, outputs: runs[index].outputs, scratch: runs[index].scratch,
        workers: workers, fault: fault))
  }

  private func failure(of step: Plan.PlannedStep, _ reason: String) -> PredictionError {
    let node = plan.graph.nodes[step.node]
    return .value(layer: node.name, className: node.className, reason: reason)
  }

  private func takeInputs(_ addresses: [UnsafeRawPointer?]) {
    for (slot, input) in callerInputs {
      inputs[slot] = addresses[input] ?? UnsafeRawPointer(arena)
    }
  }

  /// Where a result lies after a run.
  func address(of place: Plan.Place, _ addresses: [UnsafeRawPointer?]) -> UnsafeRawPointer {
    switch place {
    case .arena(let offset): UnsafeRawPointer(arena + offset)
    case .input(let index): addresses[index] ?? UnsafeRawPointer(arena)
    }
  }
}

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
  private let starts: [(input: Int, output: Int)]
  private let fault = StepFault()

  init(_ plan: Plan) {
    self.plan = plan
    arena = .allocateAligned(byteCount: max(plan.arenaByteCount, 64))
    inputs = .allocate(capacity: plan.steps.reduce(1) { $0 + $1.inputs.count })
    outputs = .allocate(capacity: plan.steps.reduce(1) { $0 + $1.outputs.count })
    var callerInputs: [(slot: Int, input: Int)] = []
    var starts: [(input: Int, output: Int)] = []
    var input = 0
    var output = 0
    for step in plan.steps {
      starts.append((input, output))
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
    self.starts = starts
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
    for (step, start) in zip(plan.steps, starts) {
      step.body(buffers(of: step, start, workers))
      if let reason = fault.take() { throw failure(of: step, reason) }
    }
  }

  /// Runs as ``run(_:workers:)`` does, and notes what `now` tells before each step and at the end.
  func run(
    _ addresses: [UnsafeRawPointer?], workers: WorkerPool, marking now: () -> Double
  ) -> [Double] {
    takeInputs(addresses)
    var moments: [Double] = []
    moments.reserveCapacity(plan.steps.count + 1)
    for (step, start) in zip(plan.steps, starts) {
      moments.append(now())
      step.body(buffers(of: step, start, workers))
    }
    moments.append(now())
    _ = fault.take()
    return moments
  }

  private func buffers(
    of step: Plan.PlannedStep, _ start: (input: Int, output: Int), _ workers: WorkerPool
  ) -> StepBuffers {
    StepBuffers(
      inputs: inputs + start.input, outputs: outputs + start.output, scratch: arena + step.scratch,
      workers: workers, fault: fault)
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

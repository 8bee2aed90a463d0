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

  init(_ plan: Plan) {
    self.plan = plan
    arena = .allocate(byteCount: max(plan.arenaByteCount, 64), alignment: 64)
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
  func run(_ addresses: [UnsafeRawPointer?], workers: WorkerPool) {
    takeInputs(addresses)
    for (step, start) in zip(plan.steps, starts) {
      step.body(
        StepBuffers(
          inputs: inputs + start.input, outputs: outputs + start.output,
          scratch: arena + step.scratch, workers: workers))
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
      step.body(
        StepBuffers(
          inputs: inputs + start.input, outputs: outputs + start.output,
          scratch: arena + step.scratch, workers: workers))
    }
    moments.append(now())
    return moments
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

import Tensors

/// Runs a recurrent cell along the time axis of a batch.
///
/// The projections of a block of time steps are computed together, and blocks are short enough for
/// a long sequence to take no more memory than a short one. Items of the batch are independent, so
/// that threads share them out.
struct RecurrentLoop: Sendable {
  /// Where a call's further tensors stand among its inputs, and how its states leave.
  struct Wiring: Sendable {
    /// The first of the inputs that give the states before the first step.
    var initialStates: Int?
    /// The input that tells which time steps count: (B, T), zero where they do not, or that of each
    /// place of what has places: (B, T, places…).
    var mask: Int?
    /// The places that the mask tells apart.
    var maskPlaces = 1
    /// The first of the outputs that take the states after the last step.
    var finalStates: Int?
  }

  /// Where a loop's output goes.
  struct Output {
    var start: UnsafeMutablePointer<Float>
    /// From one time step to the next.
    var stepStride: Int
    /// From one item to the next.
    var itemStride: Int
    /// Whether the first step that is computed comes last.
    var isReversed = false
  }

  let outputSize: Int
  let batch: Int
  let steps: Int
  let body: any RecurrentBody
  let options: RecurrentOptions
  let wiring: Wiring
  private let inputSize: Int
  let stateSizes: [Int]
  let stateStride: Int
  /// Where a cell's output lies among an item's states.
  let outputOffset: Int
  private let blockLength: Int

  /// The numbers that the projections of one block should take at most, for all items.
  private static let blockSize = 1 << 18

  init(
    _ body: any RecurrentBody, _ options: RecurrentOptions, _ wiring: Wiring, input: Shape,
    states: [Shape], output: Int
  ) {
    self.body = body
    self.options = options
    self.wiring = wiring
    batch = input[0]
    steps = input[1]
    inputSize = input.dimensions.dropFirst(2).reduce(1, *)
    stateSizes = states.map(\.elementCount)
    stateStride = stateSizes.reduce(0, +)
    outputSize = stateSizes[output]
    outputOffset = stateSizes.prefix(output).reduce(0, +)
    let stepSize = max(1, batch * body.projectionSize)
    blockLength = min(steps, max(16, Self.blockSize / stepSize))
  }

  /// The numbers of scratch memory that the loop works in.
  var scratchCount: Int {
    batch * (blockLength * body.projectionSize + 2 * stateStride + body.scratchSize)
  }

  /// Runs all time steps of some items.
  func run(
    _ items: Range<Int>, _ buffers: StepBuffers, _ output: Output,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard !items.isEmpty else { return }
    let memory = memory(in: scratch)
    readStates(items, buffers, memory.states)
    if !options.returnsSequences { clear(items, output) }
    var done = 0
    while done < steps {
      let block = done..<min(done + blockLength, steps)
      project(items, block, buffers, memory.projections)
      if !advanceTogether(items, block, memory, buffers, output) {
        for step in block { advance(items, step, of: block, memory, buffers, output) }
      }
      done = block.upperBound
    }
    if options.zeroesByUnturnedMask { zeroMasked(items, buffers, output) }
    writeStates(items, buffers, memory.states)
  }
}

extension RecurrentLoop {
  /// The parts of the scratch memory, each for all items of the batch.
  struct Memory {
    let projections: UnsafeMutablePointer<Float>
    let states: UnsafeMutablePointer<Float>
    /// The states before a step in which some items are masked.
    let saved: UnsafeMutablePointer<Float>
    let work: UnsafeMutablePointer<Float>
  }

  private func memory(in scratch: UnsafeMutablePointer<Float>) -> Memory {
    let states = scratch + batch * blockLength * body.projectionSize
    let saved = states + batch * stateStride
    return Memory(
      projections: scratch, states: states, saved: saved, work: saved + batch * stateStride)
  }

  /// Computes one step of a block and writes what it gives.
  private func advance(
    _ items: Range<Int>, _ step: Int, of block: Range<Int>, _ memory: Memory,
    _ buffers: StepBuffers, _ output: Output
  ) {
    let hasMasked = isMasked(items, step, buffers)
    if hasMasked { copyStates(items, from: memory.states, to: memory.saved) }
    body.advance(recurrentStep(items, step, of: block, memory, states: memory.states))
    for item in items {
      let state = memory.states + item * stateStride
      if hasMasked {
        let saved = memory.saved + item * stateStride
        for place in 0..<wiring.maskPlaces {
          if isMasked(item, place, step, buffers) {
            restore(place, from: saved, to: state)
            skip(item, step, part(place), output)
          } else {
            write(state + outputOffset, item, step, part(place), output)
          }
        }
      } else {
        write(state + outputOffset, item, step, 0..<outputSize, output)
      }
    }
  }

  /// What a body takes for one step of a block, from the given states of all items.
  func recurrentStep(
    _ items: Range<Int>, _ step: Int, of block: Range<Int>, _ memory: Memory,
    states: UnsafeMutablePointer<Float>
  ) -> RecurrentStep {
    let place = options.goesBackwards ? block.upperBound - 1 - step : step - block.lowerBound
    let itemSize = blockLength * body.projectionSize
    return RecurrentStep(
      items: items.count,
      projection: memory.projections + items.lowerBound * itemSize + place * body.projectionSize,
      projectionStride: itemSize, states: states + items.lowerBound * stateStride,
      stateStride: stateStride, scratch: memory.work + items.lowerBound * body.scratchSize)
  }

  /// The position in time of the step that is computed as the given one.
  func time(of step: Int) -> Int { options.goesBackwards ? steps - 1 - step : step }

  private func project(
    _ items: Range<Int>, _ block: Range<Int>, _ buffers: StepBuffers,
    _ projections: UnsafeMutablePointer<Float>
  ) {
    let first = min(time(of: block.lowerBound), time(of: block.upperBound - 1))
    let input = buffers.input(0)
    if block.count == steps {
      body.project(
        input + items.lowerBound * steps * inputSize,
        projections + items.lowerBound * steps * body.projectionSize, rows: items.count * steps,
        workers: buffers.workers)
      return
    }
    for item in items {
      body.project(
        input + (item * steps + first) * inputSize,
        projections + item * blockLength * body.projectionSize, rows: block.count,
        workers: buffers.workers)
    }
  }

  func row(_ item: Int, _ step: Int, _ output: Output) -> UnsafeMutablePointer<Float> {
    let place = options.returnsSequences ? (output.isReversed ? steps - 1 - step : step) : 0
    return output.start + item * output.itemStride + place * output.stepStride
  }

  /// Whether a step's state is, or may turn out to be, an output.
  func isWritten(_ step: Int) -> Bool {
    options.returnsSequences || wiring.mask != nil || step == steps - 1
  }

  private func clear(_ items: Range<Int>, _ output: Output) {
    for item in items { row(item, 0, output).update(repeating: 0, count: outputSize) }
  }

  private func write(
    _ state: UnsafePointer<Float>, _ item: Int, _ step: Int, _ part: Range<Int>, _ output: Output
  ) {
    guard isWritten(step) else { return }
    (row(item, step, output) + part.lowerBound)
      .update(from: state + part.lowerBound, count: part.count)
  }
}

extension RecurrentLoop {
  private func readStates(
    _ items: Range<Int>, _ buffers: StepBuffers, _ states: UnsafeMutablePointer<Float>
  ) {
    guard let first = wiring.initialStates else {
      (states + items.lowerBound * stateStride)
        .update(repeating: 0, count: items.count * stateStride)
      return
    }
    var offset = 0
    for (index, size) in stateSizes.enumerated() {
      let input = buffers.input(first + index)
      for item in items {
        (states + item * stateStride + offset).update(from: input + item * size, count: size)
      }
      offset += size
    }
  }

  func copyStates(
    _ items: Range<Int>, from source: UnsafePointer<Float>, to copy: UnsafeMutablePointer<Float>
  ) {
    let start = items.lowerBound * stateStride
    (copy + start).update(from: source + start, count: items.count * stateStride)
  }

  private func writeStates(
    _ items: Range<Int>, _ buffers: StepBuffers, _ states: UnsafePointer<Float>
  ) {
    guard let first = wiring.finalStates else { return }
    var offset = 0
    for (index, size) in stateSizes.enumerated() {
      let output = buffers.output(first + index)
      for item in items {
        (output + item * size).update(from: states + item * stateStride + offset, count: size)
      }
      offset += size
    }
  }
}

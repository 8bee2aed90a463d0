import Tensors

extension RecurrentLoop {
  /// The multiply-adds of a step from which on a thread's part of it is worth another thread.
  private static let sharedWork = 16_384

  /// Computes the steps of a block with the other threads, each some of the units; false where that
  /// is not possible or not worth while.
  ///
  /// The states before and after a step take turns in two places.
  func advanceTogether(
    _ items: Range<Int>, _ block: Range<Int>, _ memory: Memory, _ buffers: StepBuffers,
    _ output: Output
  ) -> Bool {
    guard buffers.workers.threadCount > 1, wiring.mask == nil, outputOffset == 0,
      let body = body as? any DivisibleBody, let grain = body.unitGrain
    else { return false }
    let work = items.count * outputSize * body.projectionSize
    let most = min(work / Self.sharedWork, outputSize / grain)
    guard most > 1 else { return false }
    buffers.workers.forEachRound(of: block.count) { round, part, parts in
      let parts = min(parts, most)
      guard part < parts else { return }
      let units = body.share(part, of: parts, grain: grain)
      let isEven = round % 2 == 0
      let (states, next) = isEven ? (memory.states, memory.saved) : (memory.saved, memory.states)
      let step = block.lowerBound + round
      body.advance(
        recurrentStep(items, step, of: block, memory, states: states), units,
        to: next + items.lowerBound * stateStride)
      write(next, items, units, step, output)
    }
    if block.count % 2 == 1 { copyStates(items, from: memory.saved, to: memory.states) }
    return true
  }

  private func write(
    _ states: UnsafePointer<Float>, _ items: Range<Int>, _ units: Range<Int>, _ step: Int,
    _ output: Output
  ) {
    guard isWritten(step) else { return }
    for item in items {
      (row(item, step, output) + units.lowerBound).update(
        from: states + item * stateStride + units.lowerBound, count: units.count)
    }
  }
}

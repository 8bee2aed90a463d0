import ModelFormat
import Tensors

extension Model {
  /// The bytes of values that a piece of a batch may take: more would leave the caches, less would
  /// read weights more often.
  private static let pieceBytes = 2 << 20

  func predict(_ inputs: [Tensor], values: [Int]) throws(PredictionError) -> [Tensor] {
    let tensors = try checked(inputs)
    guard let cut = try cut(tensors, values), let first = cut.pieces.first,
      let results = try results(for: tensors.map { $0.items(first).type }, cut.batch, values)
    else { return try run(tensors, values) }
    let failure = Lock<PredictionError?>(nil)
    let single = WorkerPool.single
    workers.forEachRange(of: cut.pieces.count, grain: 1) { range in
      for piece in cut.pieces[range] {
        do throws(PredictionError) {
          try run(tensors.map { $0.items(piece) }, values, single, into: results, at: piece)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    if !cut.rest.isEmpty {
      try run(tensors.map { $0.items(cut.rest) }, values, workers, into: results, at: cut.rest)
    }
    return results.map { Tensor($0, storage: $1) }
  }

  /// Pieces whose values fit a processor's caches, as far as those of one item do; nil where the
  /// batch may not be cut.
  func cut(_ tensors: [Tensor], _ values: [Int]) throws(PredictionError) -> BatchCut? {
    guard isBatchIndependent, let batch = tensors.first?.shape.dimensions.first, batch > 1,
      tensors.allSatisfy({ $0.shape.dimensions.first == batch && $0.shape.elementCount > 0 })
    else { return nil }
    let item = try entry(tensors.map { $0.items(0..<1).type }, values, threads: 1).plan
    let largest = max(1, Self.pieceBytes / max(item.arenaByteCount, 1))
    return BatchCut(batch: batch, largest: largest, threads: workers.threadCount)
  }
}

/// A result of a whole batch, written piece by piece.
private typealias BatchResult = (type: TensorType, storage: TensorStorage)

extension Model {
  private func entry(
    _ types: [TensorType], _ values: [Int], threads: Int, lengths: [Int: Int] = [:]
  ) throws(PredictionError) -> PlanStore.Entry {
    do throws(ModelProblem) {
      return try plans.entry(
        for: types, values, threads: threads, lengths: lengths, makingWith: workers)
    } catch {
      throw .problem(error)
    }
  }

  /// Memory for the results of a whole batch, whose pieces have the given types; nil where they do
  /// not hold the same number of rows for each item, or are strings, whose bytes lie elsewhere.
  private func results(
    for types: [TensorType], _ batch: Int, _ values: [Int]
  ) throws(PredictionError) -> [BatchResult]? {
    let piece = types[0].shape[0]
    let results = try entry(types, values, threads: 1).plan.resultTypes
    let areRows = results.allSatisfy {
      $0.shape.rank > 0 && $0.shape[0] % piece == 0 && $0.elementType != .string
    }
    guard areRows else { return nil }
    return results.map { type in
      let rows = type.shape[0] / piece * batch
      let type = TensorType(type.shape.withBatch(rows), type.elementType)
      return (type, TensorStorage(uninitialized: type.byteCount))
    }
  }

  private func run(_ inputs: [Tensor], _ values: [Int]) throws(PredictionError) -> [Tensor] {
    try run(inputs, values, workers) { address, type, _ in Tensor(copying: address, type) }
  }

  /// Computes a part of a batch into its place in the results of the whole.
  private func run(
    _ inputs: [Tensor], _ values: [Int], _ workers: WorkerPool, into results: [BatchResult],
    at items: Range<Int>
  ) throws(PredictionError) {
    _ = try run(inputs, values, workers) { address, type, index in
      let offset = type.byteCount / items.count * items.lowerBound
      UnsafeMutableRawBufferPointer(rebasing: results[index].storage.bytes[offset...])
        .copyMemory(from: UnsafeRawBufferPointer(start: address, count: type.byteCount))
    }
  }

  private func run<Result>(
    _ inputs: [Tensor], _ values: [Int], _ workers: WorkerPool,
    _ take: (UnsafeRawPointer, TensorType, Int) -> Result
  ) throws(PredictionError) -> [Result] {
    let entry = try entry(
      inputs.map(\.type), values, threads: workers.threadCount,
      lengths: measuresInputs ? graph.lengths(for: inputs) : [:])
    let (plan, workspace) = (entry.plan, entry.takeWorkspace())
    defer { entry.giveBack(workspace) }
    let addresses = inputs.map { $0.withBytes { $0.baseAddress } }
    defer { withExtendedLifetime(inputs) {} }
    try entry.threads.run(on: workers) { (workers) throws(PredictionError) in
      try workspace.run(addresses, workers: workers)
    }
    return plan.results.indices.map {
      take(workspace.address(of: plan.results[$0], addresses), plan.resultTypes[$0], $0)
    }
  }
}

import Tensors

/// One step of a merge: total' = total ∘ x, both broadcast.
struct MergeTerm: Sendable {
  let operation: BinaryOperation
  let broadcast: Broadcast
  /// Where in scratch memory the total stands that this term makes; nil for the output's own place.
  let place: Int?

  /// The terms that merge tensors of the given shapes one after the other.
  ///
  /// A total that is smaller than the output has a place of its own, since a term cannot spread it
  /// out where it stands.
  static func terms(_ operation: BinaryOperation, _ shapes: [Shape], output: Shape) -> [MergeTerm] {
    var total = shapes[0]
    var place = 0
    return shapes.dropFirst().compactMap { shape in
      guard let broadcast = Broadcast(total, shape) else { return nil }
      if broadcast.shape != total { place += total.elementCount }
      total = broadcast.shape
      return MergeTerm(
        operation: operation, broadcast: broadcast, place: total == output ? nil : place)
    }
  }

  /// Computes the new total.
  func run(
    _ total: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
    into next: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    let count = broadcast.shape.elementCount
    guard broadcast.runLength == count, broadcast.advancesA, broadcast.advancesB else {
      return CPUKernels.active.binary(operation, broadcast, total, x, into: next)
    }
    workers.forEachRange(of: count, grain: 32_768) { range in
      let start = range.lowerBound
      CPUKernels.active.binary(
        operation, count: range.count, total + start, x + start, into: next + start)
    }
  }

  /// The scratch memory that the terms' totals take, in numbers.
  static func scratchCount(_ terms: [MergeTerm]) -> Int {
    terms.map { term in term.place.map { $0 + term.broadcast.shape.elementCount } ?? 0 }.max() ?? 0
  }
}

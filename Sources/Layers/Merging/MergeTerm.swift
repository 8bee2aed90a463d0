import Tensors

/// One step of a merge: total' = activation(total ∘ x), both broadcast.
struct MergeTerm: Sendable {
  let operation: BinaryOperation
  let broadcast: Broadcast
  /// Where in scratch memory the total stands that this term makes; nil for the output's own place.
  let place: Int?
  /// What is applied to the new total; linear in all terms but the last.
  let activation: Activation

  /// The terms that merge tensors of the given shapes one after the other.
  ///
  /// A total that is smaller than the output has a place of its own, since a term cannot spread it
  /// out where it stands.
  static func terms(
    _ operation: BinaryOperation, _ shapes: [Shape], output: Shape, _ activation: Activation
  ) -> [MergeTerm] {
    var total = shapes[0]
    var place = 0
    return shapes.indices.dropFirst().compactMap { index in
      let shape = shapes[index]
      guard let broadcast = Broadcast(total, shape) else { return nil }
      if broadcast.shape != total { place += total.elementCount }
      total = broadcast.shape
      return MergeTerm(
        operation: operation, broadcast: broadcast, place: total == output ? nil : place,
        activation: index + 1 == shapes.count ? activation : .linear)
    }
  }

  /// Computes the new total.
  func run(
    _ total: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
    into next: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    let count = broadcast.shape.elementCount
    let kernels = CPUKernels.active
    guard broadcast.runLength == count, broadcast.advancesA, broadcast.advancesB else {
      let length = broadcast.runLength
      workers.forEachRange(of: broadcast.runCount, grain: 1 + 32_768 / max(length, 1)) { range in
        kernels.binary(operation, broadcast, runs: range, total, x, into: next)
        activate(next + range.lowerBound * length, count: range.count * length)
      }
      return
    }
    workers.forEachRange(of: count, grain: 32_768) { range in
      let start = range.lowerBound
      kernels.binary(
        operation, count: range.count, total + start, x + start, into: next + start)
      activate(next + start, count: range.count)
    }
  }

  private func activate(_ values: UnsafeMutablePointer<Float>, count: Int) {
    guard activation != .linear else { return }
    CPUKernels.active.activate(activation, count: count, values, into: values)
  }

  /// The scratch memory that the terms' totals take, in numbers.
  static func scratchCount(_ terms: [MergeTerm]) -> Int {
    terms.map { term in term.place.map { $0 + term.broadcast.shape.elementCount } ?? 0 }.max() ?? 0
  }
}

/// How a batch is computed: as pieces, each by one thread, whose values stay in that thread's
/// caches; what is left over is computed by all threads together.
struct BatchCut: Equatable {
  /// The pieces, a multiple of the threads, of sizes that differ by one at most.
  let pieces: [Range<Int>]
  /// The items behind the pieces, fewer than the threads.
  let rest: Range<Int>

  /// All items.
  var batch: Int { rest.upperBound }

  /// Cuts `batch` items into pieces of at most `largest` items for `threads` threads.
  init(batch: Int, largest: Int, threads: Int) {
    let rounds = (batch - 1) / (largest * threads) + 1
    let count = min(rounds * threads, batch / threads * threads)
    let covered = count < rounds * threads ? count : batch
    let (size, larger) = count > 0 ? covered.quotientAndRemainder(dividingBy: count) : (0, 0)
    let ends = (0...count).map { $0 * size + max(0, $0 - (count - larger)) }
    pieces = zip(ends, ends.dropFirst()).map { $0..<$1 }
    rest = covered..<batch
  }
}

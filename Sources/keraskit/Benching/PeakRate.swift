import Tensors

/// How fast this machine's processors multiply and add.
enum PeakRate {
  private static let rounds = 1_000_000
  private static let repetitions = 12

  /// The most multiply-adds a second that `threads` threads reached together.
  static func measure(threads: Int) -> Double {
    let pool = WorkerPool(threadCount: threads)
    let kernels = CPUKernels.active
    var best = 0.0
    for _ in 0..<repetitions {
      let watch = Stopwatch()
      pool.forEachRange(of: threads, grain: 1) { range in
        for _ in range { kernels.multiplyAdds(rounds: rounds) }
      }
      best = max(best, Double(threads * rounds * kernels.multiplyAddsPerRound) / watch.seconds)
    }
    return best
  }
}

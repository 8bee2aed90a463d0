import CKernels

extension CPUKernels {
  /// Does multiply-adds in registers alone, as fast as a core can, ``multiplyAddsPerRound`` each
  /// round.
  package func multiplyAdds(rounds: Int) {
    var sums: [Float] = [0.5, 0.25]
    table.pointee.multiply_adds(Int64(rounds), &sums)
  }

  /// The multiply-adds of one round of ``multiplyAdds(rounds:)``.
  package var multiplyAddsPerRound: Int { Int(table.pointee.multiply_adds_per_round) }
}

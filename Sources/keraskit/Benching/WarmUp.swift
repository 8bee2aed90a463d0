/// Predicting without measuring, until caches, threads and clock rates are what they stay.
enum WarmUp {
  private static let seconds = 0.3
  private static let fewestRuns = 3

  /// Calls `body` for a while.
  static func run<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    let watch = Stopwatch()
    var runs = 0
    while runs < fewestRuns || watch.seconds < seconds {
      try body()
      runs += 1
    }
  }
}

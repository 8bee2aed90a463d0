/// How predictions of several requests are computed together, and how many may wait.
package struct BatchSettings: Sendable {
  /// The most items that are computed together.
  package var largestBatch = 32
  /// The longest that an item waits for others, in microseconds.
  package var delayMicroseconds = 0
  /// The most predictions that wait for one model; a further one is answered with 503.
  package var queueLimit = 256
  /// The longest that a request waits to be computed, in milliseconds; 0 for as long as it takes.
  package var timeoutMilliseconds = 0

  /// The default settings.
  package init() {}

  /// The microseconds that a request waits whose client wants to wait `wanted`: the lesser of both
  /// limits, where 0 and nil are none.
  package func timeout(wanted: Int?) -> Int {
    let limits = [wanted ?? 0, timeoutMilliseconds * 1000].filter { $0 > 0 }
    return limits.min() ?? 0
  }
}

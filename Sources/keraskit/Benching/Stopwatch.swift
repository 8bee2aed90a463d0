#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Measures time.
struct Stopwatch {
  private let start = Self.now()

  /// The seconds since this stopwatch was made.
  var seconds: Double { Self.now() - start }

  /// The seconds since some moment of the past, the same at every call.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

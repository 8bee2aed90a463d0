#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Nanoseconds since some moment, which nobody sets back.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Milliseconds since 1970.
func unixMilliseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec / 1_000_000)
}

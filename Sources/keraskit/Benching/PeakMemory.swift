#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The most memory that this process has had in use, the program's own pages among it.
enum PeakMemory {
  static var bytes: Int {
    #if canImport(Glibc)
      return highWaterMark ?? 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  #if canImport(Glibc)
    /// What Linux tells of this program; `getrusage` begins with the memory of whoever started it.
    private static var highWaterMark: Int? {
      let descriptor = open("/proc/self/status", O_RDONLY)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      let status = String(unsafeUninitializedCapacity: 8192) { buffer in
        max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
      return kilobytes.map { $0 * 1024 }
    }
  #endif
}

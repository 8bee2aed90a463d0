import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What this process uses at present.
struct ProcessFigures {
  /// Bytes of memory that are in use; 0 where the system does not tell.
  let residentBytes: Int
  /// Seconds of processor time.
  let cpuSeconds: Double
  /// Files that are open; 0 where the system does not tell.
  let openFiles: Int
  /// Threads; 0 where the system does not tell.
  let threads: Int
  /// When the process began, in seconds since 1970.
  let startSeconds: Double

  private static let start = Double(unixMilliseconds()) / 1000

  /// Remembers when the process began.
  static func begin() { _ = start }

  init() {
    let statistics = Self.text("/proc/self/statm").split(separator: " ")
    residentBytes = statistics.count > 1 ? (Int(statistics[1]) ?? 0) * Int(getpagesize()) : 0
    var usage = rusage()
    getrusage(Self.ownUsage, &usage)
    cpuSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
    openFiles = Self.count("/proc/self/fd")
    threads = Self.count("/proc/self/task")
    startSeconds = Self.start
  }

  #if canImport(Glibc)
    private static let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
  #else
    private static let ownUsage = RUSAGE_SELF
  #endif

  private static func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static func count(_ path: String) -> Int {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // The folder itself and its parent are listed too.
    return max(0, count - 2)
  }
}

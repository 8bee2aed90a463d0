#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The program's output, and what stands at the other end of it.
enum Terminal {
  /// Whether standard output is a terminal.
  static let isInteractive = isatty(STDOUT_FILENO) == 1
  /// Whether standard output is a terminal that shows colours.
  static let hasColors = isInteractive && getenv("NO_COLOR") == nil
  /// Whether standard error is a terminal, where progress can be shown.
  static let showsProgress = isatty(STDERR_FILENO) == 1

  /// Writes a line to standard output.
  static func print(_ text: String) throws(Failure) {
    guard write(text + "\n", to: STDOUT_FILENO) else {
      throw Failure(
        .badFile, "cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes one line to standard error.
  static func printError(_ message: String) {
    let line = message.split(separator: "\n").joined(separator: "; ")
    _ = write((showsProgress ? "\r\u{1B}[K" : "") + "keraskit: \(line)\n", to: STDERR_FILENO)
  }

  /// Shows on a terminal what is being done; an empty text takes it away.
  static func progress(_ text: String) {
    guard showsProgress else { return }
    _ = write("\r\u{1B}[K\(text)", to: STDERR_FILENO)
  }

  private static func write(_ text: String, to descriptor: CInt) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

private let systemWrite = write as @Sendable (CInt, UnsafeRawPointer?, Int) -> Int

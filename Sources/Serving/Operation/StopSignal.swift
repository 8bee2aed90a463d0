#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Waits for SIGTERM or SIGINT, whichever thread the system hands it to.
///
/// The first signal is taken; either of them afterwards ends the process at once, as if nothing
/// had been installed. A process has at most one of these at a time.
struct StopSignal {
  private static let signals = [SIGTERM, SIGINT]

  /// Takes the signals from here on.
  ///
  /// A broken connection no longer ends the process either.
  init() {
    _ = StopPipe.ends
    signal(SIGPIPE, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Self.signals {
      signal(number, noteStop)
      sigaddset(&signals, number)
    }
    // Whoever started this process may have handed down a mask that holds them back.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Waits for the first signal.
  func wait() {
    var byte: UInt8 = 0
    while read(StopPipe.ends.reading, &byte, 1) < 0, errno == EINTR {}
    for number in Self.signals { signal(number, SIG_DFL) }
  }
}

/// The pipe that carries a signal from its handler, where little is allowed, to who waits.
private enum StopPipe {
  static let ends: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "the process has no files left")
    return (ends[0], ends[1])
  }()
}

private let noteStop: @Sendable @convention(c) (Int32) -> Void = { _ in
  var byte: UInt8 = 1
  write(StopPipe.ends.writing, &byte, 1)
}
